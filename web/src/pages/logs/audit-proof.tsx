import { Button, Popover, Progress, Stack, Text } from '@mantine/core'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import type { AuditVerification } from '../../../../src/http/portal/logs/audit-proof-contract.ts'
import { api } from '../../api/client.ts'
import { CopyField } from '../../components/forms/copy-field.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

interface Proof {
  readonly seals: number
  readonly events: number
  readonly faults: readonly string[]
  readonly head: string | null
  readonly progress: number
  readonly isDone: boolean
}

/** Verifies the audit log step by step and shows the result. */
export function AuditProof() {
  const { logs } = useTexts()
  const [isOpen, setOpen] = useState(false)
  const [proof, setProof] = useState<Proof>()
  const [error, setError] = useState<unknown>()

  async function prove() {
    setOpen(true)
    setError(undefined)
    let sum: Proof = { seals: 0, events: 0, faults: [], head: null, progress: 0, isDone: false }
    setProof(sum)
    try {
      for (let after: string | null | undefined; after !== null && !sum.isDone; ) {
        const part: AuditVerification = await api.get('/audit-log/verification', { after })
        sum = {
          seals: sum.seals + part.checked.seals,
          events: sum.events + part.checked.events,
          faults: [...sum.faults, ...part.faults],
          head: sum.head ?? part.head,
          progress: part.progress,
          isDone: part.next === null,
        }
        setProof(sum)
        after = part.next
      }
    } catch (failure) {
      setError(failure)
    }
  }

  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={380} withArrow>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<ShieldCheck size={16} aria-hidden />}
          onClick={() => void prove()}
        >
          {logs.proof.check}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs" role="status">
          <ProblemAlert error={error} />
          {proof && <ProofResult proof={proof} />}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function ProofResult({ proof }: { readonly proof: Proof }) {
  const { logs } = useTexts()
  const { seals, events, faults, head, progress, isDone } = proof
  if (faults.length > 0)
    return (
      <>
        <Text fw={600} c="var(--mantine-color-error)">
          {logs.proof.broken}
        </Text>
        {faults.map((fault) => (
          <Text key={fault} size="sm">
            {fault}
          </Text>
        ))}
      </>
    )
  if (!isDone)
    return (
      <>
        <Text size="sm">{logs.proof.checking(seals)}</Text>
        <Progress value={progress * 100} aria-label={logs.proof.check} />
      </>
    )
  if (!head) return <Text size="sm">{logs.proof.none}</Text>
  return (
    <>
      <Text size="sm">{logs.proof.holds(events)}</Text>
      <CopyField label={logs.proof.head} value={head} />
    </>
  )
}
