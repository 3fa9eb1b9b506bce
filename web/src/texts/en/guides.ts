// The steps of each identity provider. {value|Label there} puts a value of this identity provider under the step.

export const guides = {
  names: {
    entra: 'Microsoft Entra ID',
    okta: 'Okta',
    onelogin: 'OneLogin',
    jumpcloud: 'JumpCloud',
    ping: 'PingOne',
    google: 'Google Workspace',
    generic: 'Another one',
  },
  entra: {
    saml: [
      'Open Entra admin center › Enterprise applications › New application › Create your own application, choose “Integrate any other application (Non-gallery)”.',
      'Single sign-on › SAML › Basic SAML Configuration › Edit.{entityId|Identifier (Entity ID)}{acsUrl|Reply URL (Assertion Consumer Service URL)}{logoutUrl|Logout Url}',
      'SAML Certificates: copy “App Federation Metadata Url”. Paste it here under Edit › Metadata › Address, read it and save.',
      'Enter http://schemas.microsoft.com/identity/claims/objectidentifier here under Edit › Settings enroll › Stable identifier. Entra sends it for every user and never gives it to another one, unlike names.',
      'Users and groups › Add user/group: only who is assigned may sign in and is provisioned.',
    ],
    oidc: [
      'Open Entra admin center › App registrations › New registration, platform Web.{redirectUri|Redirect URI}',
      'Overview: copy “Application (client) ID” into Client ID here. The issuer is https://login.microsoftonline.com/<Directory (tenant) ID>/v2.0.',
      'Certificates & secrets › New client secret: copy its Value (not the ID) into Client secret here, and save.',
      'Only if applications limit the age of a sign-in: Token configuration › Add optional claim › ID › auth_time.',
      'Provisioning belongs to the enterprise application of the same name.',
    ],
    scim: [
      'Open the enterprise application › Provisioning › New configuration (Admin credentials).{endpoint|Tenant URL}{token|Secret token}',
      'Select Test connection; it must say that the credentials are authorized. Nothing has to be added to the URL: no aadOptscim flag is needed.',
      'Where Entra offers OAuth client credentials, use those instead: then no long-lived token travels.{tokenEndpoint|Token endpoint}{key|Client identifier}{secret|Client secret}',
      'Mappings: the defaults fit. Keep “Switch([IsSoftDeleted], …) → active”, so that leavers are disabled.',
      'Users and groups: assign. Then Start provisioning. The first cycle begins at once, further ones every 40 minutes; “Provision on demand” tries one person now.',
    ],
  },
  okta: {
    saml: [
      'Open Okta Admin › Applications › Create App Integration › SAML 2.0.',
      'Configure SAML. Application username: Okta username (the same value that SCIM sends as userName).{acsUrl|Single sign-on URL}{entityId|Audience URI (SP Entity ID)}',
      'Sign On › Metadata details: copy “Metadata URL”. Paste it here under Edit › Metadata › Address, read it and save.',
      'Assignments: assign people or groups.',
    ],
    oidc: [
      'Open Okta Admin › Applications › Create App Integration › OIDC – Web Application.{redirectUri|Sign-in redirect URIs}{postLogoutRedirectUri|Sign-out redirect URIs}',
      'Copy Client ID and Client secret here. The issuer is https://<your organisation>.okta.com.',
      'A custom OIDC integration has no Provisioning tab in many Okta organisations: then make a second integration (SAML 2.0 or SWA) for SCIM alone.',
    ],
    scim: [
      'General › App Settings › Edit › Provisioning: choose SCIM, and save. A Provisioning tab appears.',
      'Provisioning › Integration › Edit. Unique identifier field for users: userName. Supported actions: Push New Users, Push Profile Updates, Push Groups. Authentication Mode: HTTP Header.{endpoint|SCIM connector base URL}{token|Authorization: Bearer}',
      'Test Connector Configuration, then Save.',
      'Provisioning › To App › Edit: enable Create Users, Update User Attributes, Deactivate Users.',
      'Push Groups: choose groups. Use other groups than those by which the application is assigned; Okta does not keep members right when one group serves both.',
    ],
  },
  onelogin: {
    saml: [
      'Open OneLogin Administration › Applications › Add App, and search for “SCIM Provisioner with SAML (SCIM v2 Enterprise)”.',
      'Configuration.{entityId|SAML Audience URL}{acsUrl|SAML Consumer URL}',
      'More Actions › SAML Metadata: download it, and give the file here under Edit › Metadata › Text or file.',
      'Users › Access: assign the application by roles.',
    ],
    oidc: [
      'Open OneLogin Administration › Applications › Add App › OpenId Connect (OIDC).',
      'Configuration.{redirectUri|Redirect URI’s}{postLogoutRedirectUri|Post Logout Redirect URIs}',
      'SSO: copy Client ID, Client Secret and Issuer URL (V2) here. Token Endpoint › Authentication Method: Basic.',
    ],
    scim: [
      'Configuration › API Connection, then Enable.{endpoint|SCIM Base URL}{token|SCIM Bearer Token}',
      'Provisioning: Enable provisioning. Untick the approvals for create, delete and update, or users stay “pending” until an administrator approves each.',
      'Parameters › Groups: tick “Include in User Provisioning” to send groups; set them by Rules.',
    ],
  },
  jumpcloud: {
    saml: [
      'Open JumpCloud Admin › SSO Applications › Add New Application › Custom Application, with “Manage Single Sign-On (SAML)” and “Export users to this app (Identity Management)”.',
      'SSO. IdP Entity ID: any name of your choice.{entityId|SP Entity ID}{acsUrl|ACS URL}',
      'Export Metadata, and give the file here under Edit › Metadata › Text or file.',
      'User Groups: tick the groups that may sign in.',
    ],
    oidc: [
      'Open JumpCloud Admin › SSO Applications › Add New Application › Custom Application › Configure SSO with OIDC.{redirectUri|Redirect URIs}',
      'Client Authentication Type: Client Secret Basic. Copy Client ID and Client Secret here; the issuer is https://oauth.id.jumpcloud.com/.',
    ],
    scim: [
      'Identity Management › SCIM Version: SCIM 2.0.{endpoint|Base URL}{token|Token Key}',
      'Test User Email: an address that does not exist here; JumpCloud makes that user, and deletes it after the test.',
      'Test Connection, then Activate and Save. Group Management on sends groups.',
      'User Groups: tick the groups whose people are to be provisioned.',
    ],
  },
  ping: {
    saml: [
      'Open PingOne Admin › Applications › + › SAML Application › Manually Enter.{acsUrl|ACS URLs}{entityId|Entity ID}',
      'Configuration: copy “IdP Metadata URL”. Paste it here under Edit › Metadata › Address, read it and save.',
      'Attribute Mappings: saml_subject ← Username. Access: choose groups. Then switch the application on.',
    ],
    oidc: [
      'Open PingOne Admin › Applications › + › OIDC Web App › Configuration.{redirectUri|Redirect URIs}{postLogoutRedirectUri|Signoff URLs}',
      'Copy Client ID, Client Secret and Issuer here. Token Auth Method: Client Secret Basic; PKCE: S256.',
      'Access: choose groups. Then switch the application on.',
    ],
    scim: [
      'Open PingOne Admin › Integrations › Provisioning › + › New Connection › Identity Store › SCIM Outbound. SCIM version 2.0, users resource /Users, groups resource /Groups, Authentication Method: OAuth 2 Bearer Token.{endpoint|SCIM Base URL}{token|Oauth Access Token}',
      'User Filter Expression: userName Eq "%s". User Identifier: userName. Remove Action: Disable.',
      'Test Connection, save, and switch the connection on. Then make a Rule with this connection as target and choose the population or groups.',
    ],
  },
  google: {
    saml: [
      'Open Google Admin › Apps › Web and mobile apps › Add app › Add custom SAML app.',
      'Google Identity Provider details: Download Metadata, and give the file here under Edit › Metadata › Text or file.',
      'Service provider details. Name ID format: EMAIL; Name ID: Basic Information › Primary email.{acsUrl|ACS URL}{entityId|Entity ID}',
      'User access: ON for the organisational units or groups that may sign in.',
    ],
    oidc: [
      'Open Google Cloud console › APIs & Services › Credentials › Create credentials › OAuth client ID › Web application, in a project of your organisation with the consent screen “Internal”.{redirectUri|Authorized redirect URIs}',
      'Copy Client ID and Client secret here; the issuer is https://accounts.google.com.',
    ],
    scim: [
      'Google Workspace has no SCIM for any application: it provisions only the applications of its own catalogue. Let people in by self-service enrolment, or provision from another directory.',
    ],
  },
  generic: {
    saml: [
      'Make a SAML 2.0 application at the identity provider.{entityId|Entity ID (audience)}{acsUrl|Assertion Consumer Service, HTTP-POST}{logoutUrl|Single Logout Service}',
      'Let it sign the assertion with SHA-256 or stronger, and send a NameID (or attribute) that equals the userName of provisioning.',
      'Give its metadata here under Edit › Metadata, and save.',
      'If it can send an attribute that is never given to another user, such as an object ID, enter that attribute under Edit › Settings enroll › Stable identifier.',
    ],
    oidc: [
      'Make a confidential web client: authorization code with PKCE (S256).{redirectUri|Redirect URI}{postLogoutRedirectUri|Post-logout redirect URI}',
      'Where it offers back-channel logout, give this address, so that signing out there ends the session here too. “Session required” (a sid in the logout token) ends that session alone; without it, every session of the person.{backchannelLogoutUri|Back-channel logout URI}',
      'Only if applications limit the age of a sign-in: the ID token must contain auth_time, which tells when the user entered their credentials.',
      'Enter issuer, client ID and client secret here, check the issuer, and save.',
    ],
    scim: [
      'SCIM 2.0 with a bearer token.{endpoint|SCIM base URL}{token|Bearer token}',
      'Or HTTP Basic.{key|User name}{secret|Password}',
      'Or OAuth 2.0 client credentials.{tokenEndpoint|Token endpoint}{key|Client ID}{secret|Client secret}',
      'Match users by userName. Send active:false for leavers.',
    ],
  },
}
