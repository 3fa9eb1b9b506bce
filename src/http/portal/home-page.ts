import { html, type Page, page } from '../page.ts'

/** What the portal's address says where its pages were not built: how to build them, and what to do without. */
export function homePage(): Page {
  return page(
    'Administration',
    html`<h1>Doorlist runs</h1>
<p>The pages of the portal are not built yet. <code>npm run build</code> builds them (<code>npm start</code> does it by itself); then
start the service again. Until then it is administered at its command line, on the machine that it runs on:</p>
<dl>
<dt><code>bin/doorlist admin create</code></dt><dd>makes an administrator; on a first run the service printed a link for it too</dd>
<dt><code>bin/doorlist idp create</code></dt><dd>connects an identity provider and shows its SCIM endpoint, key, secret and token, once</dd>
<dt><code>bin/doorlist user list</code></dt><dd>shows who has arrived</dd>
<dt><code>bin/doorlist audit list</code></dt><dd>shows what happened</dd>
<dt><code>bin/doorlist --help</code></dt><dd>shows the rest</dd>
</dl>
<p><a href="/readyz">Is everything served?</a></p>`,
  )
}
