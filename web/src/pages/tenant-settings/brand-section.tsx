import { Group, Skeleton, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Brand, BrandChange } from '../../../../src/http/portal/tenant/brand-contract.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { CopyField } from '../../components/forms/copy-field.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { UnsavedGuard } from '../../components/forms/unsaved-guard.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { Section } from '../account/section.tsx'
import { LogoField } from './logo-field.tsx'
import { BRAND_KEY, brandQuery } from './queries.ts'

/** The tenant's name and logo, as users see them. */
export function BrandSection() {
  const { tenantSettings } = useTexts()
  const texts = tenantSettings.brand
  const { data, error } = useQuery(brandQuery)
  return (
    <Section title={texts.title} about={texts.about}>
      <ProblemAlert error={error} />
      {data ? <BrandForm key={`${data.name} ${data.logo}`} brand={data} /> : <Skeleton h={220} />}
    </Section>
  )
}

function BrandForm({ brand }: { readonly brand: Brand }) {
  const { tenantSettings, common } = useTexts()
  const texts = tenantSettings.brand
  const mayChange = useMay('admin')
  const queries = useQueryClient()
  const [name, setName] = useState(brand.name)
  const [logo, setLogo] = useState<string | null>()
  const save = useMutation({
    mutationFn: (change: BrandChange) => api.patch<Brand>('/brand', change),
    onSuccess: (saved) => {
      setLogo(undefined)
      queries.setQueryData(BRAND_KEY, saved)
      notifications.show({ message: common.saved })
    },
  })
  const isDirty = name !== brand.name || logo !== undefined
  const { byField, rest } = formProblems(save.error, ['name', 'logo'])
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({ ...(name !== brand.name && { name }), ...(logo !== undefined && { logo }) })
      }}
    >
      <UnsavedGuard isDirty={isDirty && !save.isPending} />
      <Stack>
        <ProblemAlert error={save.error && rest ? save.error : undefined} />
        <TextInput
          label={texts.name}
          description={texts.nameHint}
          required
          readOnly={!mayChange}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={byField.name}
        />
        <LogoField
          path={brand.logo}
          chosen={logo}
          problem={byField.logo}
          onChoose={mayChange ? setLogo : undefined}
        />
        <CopyField label={texts.signInUrl} description={texts.signInHint} value={brand.signInUrl} />
        {mayChange && (
          <Group justify="flex-end">
            <MainButton type="submit" disabled={!isDirty} loading={save.isPending}>
              {common.save}
            </MainButton>
          </Group>
        )}
      </Stack>
    </form>
  )
}
