import { Button, Menu } from '@mantine/core'
import { Ban, ChevronDown, CircleCheck, RotateCcw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { UserAction } from '../../../../../src/http/portal/users/contract.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { BulkDialog } from './bulk-dialog.tsx'
import { conditionsOf, type UserFilters } from './filters.ts'
import type { Selection } from './selection.ts'

interface BulkMenuProps {
  readonly selection: Selection
  readonly filters: UserFilters
  readonly isEmpty: boolean
}

const ACTIONS = [
  ['disable', Ban],
  ['enable', CircleCheck],
  ['delete', Trash2],
  ['restore', RotateCcw],
] as const

/** Bulk actions on the selected users or, without a selection, on all that match the filters. */
export function BulkMenu({ selection, filters, isEmpty }: BulkMenuProps) {
  const { bulk } = useTexts().users
  const [action, setAction] = useState<UserAction>()
  const { ids } = selection
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            rightSection={<ChevronDown size={14} aria-hidden />}
            disabled={isEmpty && ids.length === 0}
          >
            {ids.length > 0 ? bulk.withSelected(ids.length) : bulk.withAll}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {ACTIONS.map(([name, Icon]) => (
            <Menu.Item
              key={name}
              leftSection={<Icon size={16} aria-hidden />}
              onClick={() => setAction(name)}
            >
              {bulk[name]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <BulkDialog
        action={action}
        ids={ids.length > 0 ? ids : undefined}
        filter={conditionsOf(filters)}
        onClose={() => setAction(undefined)}
        onDone={selection.clear}
      />
    </>
  )
}
