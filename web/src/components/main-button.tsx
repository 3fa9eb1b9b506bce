import { Button, type ButtonProps, createPolymorphicComponent } from '@mantine/core'
import { forwardRef } from 'react'

/** The one main action of a page: orange, dark enough for its white label. */
export const MainButton = createPolymorphicComponent<'button', ButtonProps>(
  forwardRef<HTMLButtonElement, ButtonProps>((props, ref) => (
    <Button ref={ref} color="#b34700" autoContrast={false} {...props} />
  )),
)
