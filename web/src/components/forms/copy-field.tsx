import { ActionIcon, Code, CopyButton, Group, Input, Tooltip, VisuallyHidden } from '@mantine/core'
import { Check, Copy } from 'lucide-react'
import { useId } from 'react'
import { useTexts } from '../../texts/use-texts.tsx'

interface CopyFieldProps {
  readonly label: string
  readonly value: string
  readonly description?: string
  readonly onCopied?: () => void
}

/** A value to paste elsewhere, with a copy button that announces success to screen readers too. */
export function CopyField({ label, value, description, onCopied }: CopyFieldProps) {
  const id = useId()
  return (
    <Input.Wrapper label={label} description={description} labelElement="div" labelProps={{ id }}>
      <Group gap="xs" wrap="nowrap" mt={4}>
        <Code
          block
          flex={1}
          miw={0}
          aria-labelledby={id}
          role="group"
          tabIndex={0}
          style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}
        >
          {value}
        </Code>
        <CopyIcon label={label} value={value} {...(onCopied && { onCopied })} />
      </Group>
    </Input.Wrapper>
  )
}

export function CopyIcon({ label, value, onCopied }: Omit<CopyFieldProps, 'description'>) {
  const { common } = useTexts()
  return (
    <CopyButton value={value} timeout={2_500}>
      {({ copied, copy }) => {
        const run = () => {
          copy()
          onCopied?.()
        }
        return (
          <>
            <Tooltip label={copied ? common.copied : common.copyOf(label)}>
              <ActionIcon
                variant={copied ? 'filled' : 'default'}
                color={copied ? 'teal.9' : 'gray'}
                size="lg"
                onClick={run}
                aria-label={common.copyOf(label)}
              >
                {copied ? <Check size={16} /> : <Copy size={16} />}
              </ActionIcon>
            </Tooltip>
            <VisuallyHidden role="status">{copied ? `${label}: ${common.copied}` : ''}</VisuallyHidden>
          </>
        )
      }}
    </CopyButton>
  )
}
