import { CloseButton, TextInput, type TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTexts } from '../../texts/use-texts.tsx'

interface SearchFieldProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  /** The search text in the URL. */
  readonly value: string | undefined
  readonly onSearch: (text: string | undefined) => void
}

const PAUSE_MILLISECONDS = 300

/** Reports the text when the user stops typing, and follows the URL when it changes. */
export function SearchField({ value = '', onSearch, ...input }: SearchFieldProps) {
  const { common } = useTexts()
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const reportSearch = useDebouncedCallback(
    (next: string) => onSearch(next.trim() || undefined),
    PAUSE_MILLISECONDS,
  )
  const change = (next: string) => {
    setText(next)
    reportSearch(next)
  }
  return (
    <TextInput
      type="search"
      aria-label={common.search}
      placeholder={common.search}
      leftSection={<Search size={16} aria-hidden />}
      rightSection={
        text && <CloseButton size="sm" aria-label={common.clearFilters} onClick={() => change('')} />
      }
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      {...input}
    />
  )
}
