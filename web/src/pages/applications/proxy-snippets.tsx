import { Stack, Text, Title } from '@mantine/core'
import type { Application } from '../../../../src/http/portal/contract/application.ts'
import { CopyField } from '../../components/copy-field.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

const HEADERS = ['User', 'Email', 'Name', 'Groups', 'Token'].map((word) => `Remote-${word}`)

/** What a proxy has to be told, with the values of this application. */
export function ProxySnippets({ application }: { readonly application: Application }) {
  const { applications } = useTexts()
  const { host, protocol } = new URL(application.origin)
  return (
    <Stack maw={720} mt="xl">
      <Title order={2}>{applications.proxy}</Title>
      <Text size="sm">{applications.proxyText}</Text>
      <CopyField label={applications.nginx} value={nginx(host, protocol.replace(':', ''))} />
      <CopyField label={applications.traefik} value={traefik()} />
      <CopyField label={applications.caddy} value={caddy(application.origin)} />
    </Stack>
  )
}

function nginx(host: string, scheme: string): string {
  return `# docs/recipes/nginx.conf is the whole; these are its lines for this application.
upstream doorlist { server ${location.host}; }
proxy_set_header X-Forwarded-Proto ${scheme};
proxy_set_header X-Forwarded-Host ${host};
proxy_set_header X-Forwarded-Uri $request_uri;
proxy_set_header X-Forwarded-Method $request_method;`
}

function traefik(): string {
  return `doorlist:
  forwardAuth:
    address: ${location.origin}/gateway/verify
    trustForwardHeader: false
    authResponseHeadersRegex: (?i)^(X[-_])?Remote[-_](User|Email|Name|Groups|Token)$`
}

function caddy(origin: string): string {
  return `${origin} {
	handle /.doorlist/* {
		reverse_proxy ${location.origin}
	}
	handle {
		request_header -Remote-*
		request_header -Remote_*
		request_header -X-Remote-*
		forward_auth ${location.origin} {
			uri /gateway/verify
			copy_headers ${HEADERS.join(' ')}
		}
		reverse_proxy 127.0.0.1:3000
	}
}`
}
