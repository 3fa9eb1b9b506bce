import { createFormContext } from '@mantine/form'
import type { FormValues } from './form-values.ts'

/** Form context shared by the sections. */
export const [ProviderFormProvider, useProviderForm, useForm] = createFormContext<FormValues>()
