import { Box, Code } from '@mantine/core'
import { CopyIcon } from './forms/copy-field.tsx'

/** Shows a message or a resource as JSON. */
export function JsonView({ label, value }: { readonly label: string; readonly value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return (
    <Box pos="relative">
      <Box pos="absolute" top={8} right={8}>
        <CopyIcon label={label} value={text} />
      </Box>
      <Code
        block
        role="region"
        aria-label={label}
        tabIndex={0}
        mah={480}
        style={{ overflow: 'auto', overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}
      >
        {text}
      </Code>
    </Box>
  )
}
