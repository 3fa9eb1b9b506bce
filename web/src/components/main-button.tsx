import { Button, type ButtonProps, createPolymorphicComponent } from '@mantine/core'
import { forwardRef } from 'react'

/** The main action of a page. The orange is dark enough for a white label. */
export const MainButton = createPolymorphicComponent<'button', ButtonProps>(
  forwardRef<HTMLButtonElement, ButtonProps>((props, ref) => (
    <Button ref={ref} color="#b34700" autoContrast={false} {...props} />
  )),
)
