import { Stack, Text, Title } from '@mantine/core'
import type { Application } from '../../../../src/http/portal/applications/contract.ts'
import { CopyField } from '../../components/forms/copy-field.tsx'
import { useMe } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'

const HEADERS = ['User', 'Email', 'Name', 'Groups', 'Token'].map((word) => `Remote-${word}`)

/** Shows the proxy configuration with the values of this application. */
export function ProxySnippets({ application }: { readonly application: Application }) {
  const { applications } = useTexts()
  const gateway = `/gateway/${useMe().tenant.slug}`
  return (
    <Stack maw={720} mt="xl">
      <Title order={2}>{applications.proxy}</Title>
      <Text size="sm">{applications.proxyText}</Text>
      <CopyField label={applications.nginx} value={nginx(application.origin, gateway)} />
      <CopyField label={applications.traefik} value={traefik(new URL(application.origin).host, gateway)} />
      <CopyField label={applications.caddy} value={caddy(application.origin, gateway)} />
    </Stack>
  )
}

function nginx(origin: string, gateway: string): string {
  const { host, protocol } = new URL(origin)
  const doorlist = `${location.protocol}//doorlist${gateway}`
  return `# The whole file is docs/recipes/nginx.conf; these are its lines for this application.
upstream doorlist { server ${location.host}; }
proxy_set_header X-Forwarded-Proto ${protocol.replace(':', '')};
proxy_set_header X-Forwarded-Host ${host};
proxy_set_header X-Forwarded-Uri $request_uri;
proxy_set_header X-Forwarded-Method $request_method;
location = /.doorlist-verify {
    internal;
    proxy_pass ${doorlist}/verify?redirect=no;
}
location @doorlist_sign_in {
    rewrite ^ ${gateway}/.doorlist/start? break;
    proxy_pass ${location.protocol}//doorlist;
}
location @doorlist_refused {
    rewrite ^ ${gateway}/verify?redirect=no&told=yes? break;
    proxy_pass ${location.protocol}//doorlist;
}
location /.doorlist/ {
    proxy_pass ${doorlist}/.doorlist/;
}`
}

function traefik(host: string, gateway: string): string {
  return `# The whole file is docs/recipes/traefik.yml; these are its lines for this application.
routers:
  wiki-doorlist:
    rule: Host(\`${host}\`) && PathPrefix(\`/.doorlist/\`)
    middlewares: [doorlist-paths]
    service: doorlist
middlewares:
  doorlist:
    forwardAuth:
      address: ${location.origin}${gateway}/verify
      trustForwardHeader: false
      authResponseHeadersRegex: (?i)^(X[-_])?Remote[-_](User|Email|Name|Groups|Token)$
  doorlist-paths:
    addPrefix:
      prefix: ${gateway}`
}

function caddy(origin: string, gateway: string): string {
  return `${origin} {
	handle /.doorlist/* {
		rewrite * ${gateway}{uri}
		reverse_proxy ${location.origin}
	}
	handle {
		route {
			request_header -*_*
			request_header -Remote-*
			request_header -X-Remote-*
			request_header Connection Upgrade
			forward_auth ${location.origin} {
				uri ${gateway}/verify
				copy_headers ${HEADERS.join(' ')}
			}
			reverse_proxy 127.0.0.1:3000
		}
	}
}`
}
