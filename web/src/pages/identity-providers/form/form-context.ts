import { createFormContext } from '@mantine/form'
import type { FormValues } from './form-values.ts'

/** The sections of the form share it. */
export const [ProviderFormProvider, useProviderForm, useForm] = createFormContext<FormValues>()
