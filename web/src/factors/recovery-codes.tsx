import { Button, Code, CopyButton, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { Check, Copy, Download } from 'lucide-react'
import { MainButton } from '../components/main-button.tsx'
import { useTexts } from '../texts/use-texts.tsx'

interface RecoveryCodesProps {
  readonly codes: readonly string[]
  readonly onDone: () => void
}

/** Recovery codes are shown once, to copy or download. */
export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const { account, common } = useTexts()
  const text = `${codes.join('\n')}\n`
  return (
    <Stack>
      <Text size="sm">{account.codes.keepText}</Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing={4}>
        {codes.map((code) => (
          <Code key={code} block ta="center">
            {code}
          </Code>
        ))}
      </SimpleGrid>
      <Group justify="space-between">
        <Group gap="xs">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                size="xs"
                leftSection={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
                onClick={copy}
              >
                {copied ? common.copied : common.copy}
              </Button>
            )}
          </CopyButton>
          <Button
            component="a"
            variant="default"
            size="xs"
            leftSection={<Download size={14} aria-hidden />}
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(`Doorlist\n\n${text}`)}`}
            download="doorlist-recovery-codes.txt"
          >
            {common.download}
          </Button>
        </Group>
        <MainButton onClick={onDone}>{account.codes.done}</MainButton>
      </Group>
    </Stack>
  )
}
