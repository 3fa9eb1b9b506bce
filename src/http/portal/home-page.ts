import { html, type Page, page } from '../page.ts'

/** The page at the portal's URL while its pages aren't built: how to build them, and what to use until then. */
export function homePage(): Page {
  return page(
    'Administration',
    html`<h1>Doorlist is running</h1>
<p>The pages of the portal are not built yet. Run <code>npm run build</code> (<code>npm start</code> does it by itself), then
restart the service. Until then, use the command line on the machine where the service runs:</p>
<dl>
<dt><code>bin/doorlist admin create</code></dt><dd>create an administrator; on its first start the service also printed a link for this</dd>
<dt><code>bin/doorlist idp create</code></dt><dd>connect an identity provider and show its SCIM endpoint, key, secret and token, once</dd>
<dt><code>bin/doorlist user list</code></dt><dd>list the users</dd>
<dt><code>bin/doorlist audit list</code></dt><dd>list the events of the audit log</dd>
<dt><code>bin/doorlist --help</code></dt><dd>list all commands</dd>
</dl>
<p><a href="/readyz">Is the service ready?</a></p>`,
  )
}
