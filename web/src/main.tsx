import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/dates/styles.css'
import './style.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError, connectSession } from './api/client.ts'
import { openRouter } from './router.tsx'
import { onSignOutElsewhere } from './session/sign-out.ts'
import { ME_KEY, renewToken } from './session/use-me.ts'
import { LanguageProvider } from './texts/use-texts.tsx'
import { cssVariables, theme } from './theme.ts'

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
// Libraries that create style elements read the CSP nonce from here.
Object.assign(globalThis, { __webpack_nonce__: nonce })

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refused request won't succeed on retry; a network failure might.
      retry: (count, error) =>
        count < 3 && (!(error instanceof ApiError) || error.status === 0 || error.status === 503),
    },
  },
})
const router = openRouter(queries)
const redirectToSignIn = () => {
  queries.clear()
  void router.navigate({ to: '/sign-in', search: { from: router.state.location.href } })
}
connectSession({ onSignedOut: redirectToSignIn, renewToken: () => renewToken(queries) })
onSignOutElsewhere(() => {
  if (queries.getQueryData(ME_KEY)) redirectToSignIn()
})

const element = document.getElementById('root')
if (element) {
  createRoot(element).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <LanguageProvider>
          <Notifications position="bottom-right" />
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </LanguageProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
