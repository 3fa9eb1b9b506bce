import { Button, FileButton, Group, Image, Input, Paper, Text } from '@mantine/core'
import { Upload } from 'lucide-react'
import { useId, useState } from 'react'
import { useTexts } from '../../texts/use-texts.tsx'

interface LogoFieldProps {
  /** URL of the current logo, or null. */
  readonly path: string | null
  /** New logo in base64; null removes it, undefined keeps the current one. */
  readonly chosen: string | null | undefined
  readonly problem: string | undefined
  /** Undefined for read-only roles. */
  readonly onChoose: ((logo: string | null) => void) | undefined
}

const TYPES = 'image/png,image/jpeg,image/webp'
const MOST_BYTES = 262_144

/** The logo on the users' pages. It is previewed at once and sent with the form. */
export function LogoField({ path, chosen, problem, onChoose }: LogoFieldProps) {
  const { tenantSettings } = useTexts()
  const texts = tenantSettings.brand
  const id = useId()
  const [preview, setPreview] = useState<string>()
  const [tooLarge, setTooLarge] = useState(false)
  const shown = chosen === undefined ? path : chosen === null ? null : (preview ?? null)
  const take = async (file: File | null) => {
    if (!file) return
    setTooLarge(file.size > MOST_BYTES)
    if (file.size > MOST_BYTES) return
    const url = await dataUrlOf(file)
    setPreview(url)
    onChoose?.(url.slice(url.indexOf(',') + 1))
  }
  return (
    <Input.Wrapper
      label={texts.logo}
      description={texts.logoHint}
      error={tooLarge ? texts.logoTooLarge : problem}
      labelElement="div"
      labelProps={{ id }}
    >
      <Group mt={6} role="group" aria-labelledby={id}>
        <Paper withBorder p="xs" miw={120} mih={56} display="flex" style={{ alignItems: 'center' }}>
          {shown === null ? (
            <Text size="sm" c="dimmed">
              {texts.noLogo}
            </Text>
          ) : (
            <Image src={shown} alt={texts.logoAlt} h={40} w="auto" maw={160} fit="contain" />
          )}
        </Paper>
        {onChoose && (
          <FileButton onChange={take} accept={TYPES}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<Upload size={16} aria-hidden />}>
                {texts.choose}
              </Button>
            )}
          </FileButton>
        )}
        {onChoose && shown !== null && (
          <Button variant="default" onClick={() => onChoose(null)}>
            {texts.removeLogo}
          </Button>
        )}
      </Group>
    </Input.Wrapper>
  )
}

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}
