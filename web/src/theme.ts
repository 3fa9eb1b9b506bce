import { type CSSVariablesResolver, createTheme } from '@mantine/core'

/** Mantine renders a dialog's header as a <header>, which screen readers announce as a second page banner. */
const dialog = {
  closeButtonProps: { 'aria-label': 'Close' },
  attributes: { header: { role: 'presentation' } },
}

/** Navy for structure, orange for the one main action of a page. */
export const theme = createTheme({
  primaryColor: 'navy',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans JP", sans-serif',
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '2rem' },
      h2: { fontSize: '1.125rem', lineHeight: '1.6rem' },
    },
  },
  colors: {
    navy: [
      '#eef2fb',
      '#dbe2f2',
      '#b4c2e3',
      '#8ba1d5',
      '#6985c8',
      '#5373c1',
      '#476abe',
      '#3859a8',
      '#304f97',
      '#243f7d',
    ],
  },
  components: {
    Notification: {
      defaultProps: {
        closeButtonProps: { 'aria-label': 'Dismiss' },
        styles: { description: { color: 'var(--mantine-color-text)' } },
      },
    },
    Modal: { defaultProps: dialog },
    Drawer: { defaultProps: dialog },
  },
})

/** Stock greys are too pale for WCAG's 4.5:1. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {
    '--mantine-color-anchor': 'var(--mantine-color-navy-2)',
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-3)',
  },
})
