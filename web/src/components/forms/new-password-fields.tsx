import { PasswordInput, type PasswordInputProps, TextInput, VisuallyHidden } from '@mantine/core'
import { useTexts } from '../../texts/use-texts.tsx'

/** The account name for password managers. */
export function PasswordOwner({ email }: { readonly email: string }) {
  const { account } = useTexts()
  return (
    <VisuallyHidden>
      <TextInput aria-label={account.email} autoComplete="username" readOnly tabIndex={-1} value={email} />
    </VisuallyHidden>
  )
}

interface NewPasswordInputProps extends Omit<PasswordInputProps, 'onChange'> {
  readonly value: string
  readonly onChange: (password: string) => void
  /** Whether a shorter password is allowed because the account has a second factor. */
  readonly hasFactor: boolean
}

export function NewPasswordInput({ hasFactor, onChange, ...input }: NewPasswordInputProps) {
  const { account } = useTexts()
  return (
    <PasswordInput
      label={account.password.fresh}
      description={hasFactor ? account.password.hintWithFactor : account.password.hint}
      autoComplete="new-password"
      required
      onChange={(event) => onChange(event.currentTarget.value)}
      {...input}
    />
  )
}
