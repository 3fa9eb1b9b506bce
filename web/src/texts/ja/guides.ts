import type { Texts } from '../en.ts'

export const guides: Texts['guides'] = {
  names: {
    entra: 'Microsoft Entra ID',
    okta: 'Okta',
    onelogin: 'OneLogin',
    jumpcloud: 'JumpCloud',
    ping: 'PingOne',
    google: 'Google Workspace',
    generic: 'その他',
  },
  entra: {
    saml: [
      'Entra 管理センター › エンタープライズ アプリケーション › 新しいアプリケーション › 独自のアプリケーションの作成 を開き、「ギャラリーに見つからないその他のアプリケーションを統合します」を選びます。',
      'シングル サインオン › SAML › 基本的な SAML 構成 › 編集。{entityId|Identifier (Entity ID)}{acsUrl|Reply URL (Assertion Consumer Service URL)}{logoutUrl|Logout Url}',
      'SAML 証明書: 「アプリのフェデレーション メタデータ URL」をコピーし、ここの 編集 › メタデータ › アドレス に貼り付けて読み込み、保存します。',
      'ここの 編集 › 登録設定 › 変わらない識別子 に http://schemas.microsoft.com/identity/claims/objectidentifier を入力します。Entra がすべてのユーザーについて送る値で、名前と違い、別のユーザーに割り当てられることはありません。',
      'ユーザーとグループ › ユーザーまたはグループの追加: 割り当てた人だけがサインインでき、プロビジョニングされます。',
    ],
    oidc: [
      'Entra 管理センター › アプリの登録 › 新規登録、プラットフォームは Web。{redirectUri|Redirect URI}',
      '概要: 「アプリケーション (クライアント) ID」をここのクライアント ID にコピーします。発行者は https://login.microsoftonline.com/<ディレクトリ (テナント) ID>/v2.0 です。',
      '証明書とシークレット › 新しいクライアント シークレット: 「値」（ID ではありません）をここのクライアントシークレットにコピーし、保存します。',
      'アプリケーションでサインインの有効時間を制限する場合のみ: トークン構成 › オプションの要求の追加 › ID › auth_time。',
      'プロビジョニングは、同じ名前のエンタープライズ アプリケーションで設定します。',
    ],
    scim: [
      'エンタープライズ アプリケーション › プロビジョニング › 新しい構成（管理者資格情報）を開きます。{endpoint|Tenant URL}{token|Secret token}',
      'テスト接続を選び、資格情報が承認されたことを確認します。URL に何も足す必要はありません（aadOptscim フラグは不要）。',
      'Entra で OAuth クライアント資格情報が選べる場合はそちらを使ってください。寿命の長いトークンを渡さずに済みます。{tokenEndpoint|Token endpoint}{key|Client identifier}{secret|Client secret}',
      'マッピング: 既定のままで構いません。「Switch([IsSoftDeleted], …) → active」を残すと、退職者が無効になります。',
      'ユーザーとグループを割り当て、プロビジョニングの開始を選びます。最初のサイクルはすぐに、以後は 40 分ごとに実行されます。「オンデマンドでプロビジョニング」で 1 人だけ試せます。',
    ],
  },
  okta: {
    saml: [
      'Okta 管理コンソール › Applications › Create App Integration › SAML 2.0 を開きます。',
      'Configure SAML。Application username は Okta username（SCIM が userName として送る値と同じ）。{acsUrl|Single sign-on URL}{entityId|Audience URI (SP Entity ID)}',
      'Sign On › Metadata details: 「Metadata URL」をコピーし、ここの 編集 › メタデータ › アドレス に貼り付けて読み込み、保存します。',
      'Assignments: 利用者またはグループを割り当てます。',
    ],
    oidc: [
      'Okta 管理コンソール › Applications › Create App Integration › OIDC – Web Application を開きます。{redirectUri|Sign-in redirect URIs}{postLogoutRedirectUri|Sign-out redirect URIs}',
      'Client ID と Client secret をここにコピーします。発行者は https://<組織>.okta.com です。',
      '独自の OIDC 連携には Provisioning タブがないことがあります。その場合は SCIM 専用に 2 つ目の連携（SAML 2.0 または SWA）を作成します。',
    ],
    scim: [
      'General › App Settings › Edit › Provisioning で SCIM を選び、保存します。Provisioning タブが現れます。',
      'Provisioning › Integration › Edit。Unique identifier field for users: userName。Supported actions: Push New Users、Push Profile Updates、Push Groups。Authentication Mode: HTTP Header。{endpoint|SCIM connector base URL}{token|Authorization: Bearer}',
      'Test Connector Configuration で確認し、保存します。',
      'Provisioning › To App › Edit: Create Users、Update User Attributes、Deactivate Users を有効にします。',
      'Push Groups: グループを選びます。割り当てに使うグループとは別のグループにしてください。兼用するとメンバーが正しく保たれません。',
    ],
  },
  onelogin: {
    saml: [
      'OneLogin 管理 › Applications › Add App で「SCIM Provisioner with SAML (SCIM v2 Enterprise)」を検索します。',
      'Configuration。{entityId|SAML Audience URL}{acsUrl|SAML Consumer URL}',
      'More Actions › SAML Metadata をダウンロードし、ここの 編集 › メタデータ › テキストまたはファイル に渡します。',
      'Users › Access: ロールでアプリケーションを割り当てます。',
    ],
    oidc: [
      'OneLogin 管理 › Applications › Add App › OpenId Connect (OIDC) を開きます。',
      'Configuration。{redirectUri|Redirect URI’s}{postLogoutRedirectUri|Post Logout Redirect URIs}',
      'SSO: Client ID、Client Secret、Issuer URL (V2) をここにコピーします。Token Endpoint › Authentication Method は Basic。',
    ],
    scim: [
      'Configuration › API Connection に入力し、Enable を押します。{endpoint|SCIM Base URL}{token|SCIM Bearer Token}',
      'Provisioning: Enable provisioning。作成・削除・更新の承認のチェックを外します。外さないと、管理者が承認するまで「pending」のままです。',
      'Parameters › Groups: 「Include in User Provisioning」にチェックし、Rules でグループを設定します。',
    ],
  },
  jumpcloud: {
    saml: [
      'JumpCloud 管理 › SSO Applications › Add New Application › Custom Application を開き、「Manage Single Sign-On (SAML)」と「Export users to this app (Identity Management)」を選びます。',
      'SSO。IdP Entity ID は任意の名前で構いません。{entityId|SP Entity ID}{acsUrl|ACS URL}',
      'Export Metadata のファイルを、ここの 編集 › メタデータ › テキストまたはファイル に渡します。',
      'User Groups: サインインできるグループにチェックします。',
    ],
    oidc: [
      'JumpCloud 管理 › SSO Applications › Add New Application › Custom Application › Configure SSO with OIDC を開きます。{redirectUri|Redirect URIs}',
      'Client Authentication Type は Client Secret Basic。Client ID と Client Secret をここにコピーします。発行者は https://oauth.id.jumpcloud.com/ です。',
    ],
    scim: [
      'Identity Management › SCIM Version: SCIM 2.0。{endpoint|Base URL}{token|Token Key}',
      'Test User Email: ここに存在しないアドレス。JumpCloud がそのユーザーを作成し、テスト後に削除します。',
      'Test Connection の後、Activate して保存します。Group Management をオンにするとグループも送られます。',
      'User Groups: プロビジョニングする人のグループにチェックします。',
    ],
  },
  ping: {
    saml: [
      'PingOne 管理 › Applications › + › SAML Application › Manually Enter を開きます。{acsUrl|ACS URLs}{entityId|Entity ID}',
      'Configuration: 「IdP Metadata URL」をコピーし、ここの 編集 › メタデータ › アドレス に貼り付けて読み込み、保存します。',
      'Attribute Mappings: saml_subject ← Username。Access でグループを選び、アプリケーションをオンにします。',
    ],
    oidc: [
      'PingOne 管理 › Applications › + › OIDC Web App › Configuration を開きます。{redirectUri|Redirect URIs}{postLogoutRedirectUri|Signoff URLs}',
      'Client ID、Client Secret、Issuer をここにコピーします。Token Auth Method は Client Secret Basic、PKCE は S256。',
      'Access でグループを選び、アプリケーションをオンにします。',
    ],
    scim: [
      'PingOne 管理 › Integrations › Provisioning › + › New Connection › Identity Store › SCIM Outbound。SCIM バージョン 2.0、ユーザーは /Users、グループは /Groups、Authentication Method は OAuth 2 Bearer Token。{endpoint|SCIM Base URL}{token|Oauth Access Token}',
      'User Filter Expression: userName Eq "%s"。User Identifier: userName。Remove Action: Disable。',
      'Test Connection の後、保存して接続をオンにします。次に、この接続を対象とする Rule を作成し、ポピュレーションまたはグループを選びます。',
    ],
  },
  google: {
    saml: [
      'Google 管理コンソール › アプリ › ウェブアプリとモバイルアプリ › アプリを追加 › カスタム SAML アプリの追加 を開きます。',
      'Google ID プロバイダの詳細: メタデータをダウンロードし、ここの 編集 › メタデータ › テキストまたはファイル に渡します。',
      'サービス プロバイダの詳細。名前 ID の形式は EMAIL、名前 ID は Basic Information › Primary email。{acsUrl|ACS URL}{entityId|Entity ID}',
      'ユーザー アクセス: サインインできる組織部門またはグループをオンにします。',
    ],
    oidc: [
      'Google Cloud コンソール › API とサービス › 認証情報 › 認証情報を作成 › OAuth クライアント ID › ウェブ アプリケーション。組織のプロジェクトで、同意画面は「内部」にします。{redirectUri|Authorized redirect URIs}',
      'クライアント ID とシークレットをここにコピーします。発行者は https://accounts.google.com です。',
    ],
    scim: [
      'Google Workspace には任意のアプリケーション向けの SCIM がなく、自社カタログのアプリケーションだけをプロビジョニングします。セルフサービス登録で受け入れるか、別のディレクトリからプロビジョニングしてください。',
    ],
  },
  generic: {
    saml: [
      'IdP で SAML 2.0 アプリケーションを作成します。{entityId|Entity ID (audience)}{acsUrl|Assertion Consumer Service, HTTP-POST}{logoutUrl|Single Logout Service}',
      'アサーションに SHA-256 以上で署名させ、プロビジョニングの userName と同じ値の NameID（または属性）を送らせます。',
      'メタデータをここの 編集 › メタデータ に渡し、保存します。',
      'オブジェクト ID のように別のユーザーに割り当てられることのない属性を送れる場合は、その属性を 編集 › 登録設定 › 変わらない識別子 に入力します。',
    ],
    oidc: [
      '機密 Web クライアントを作成します。認可コードと PKCE (S256)。{redirectUri|Redirect URI}{postLogoutRedirectUri|Post-logout redirect URI}',
      'バックチャネル ログアウトに対応していれば、このアドレスを登録します。IdP でサインアウトすると、ここのセッションも終了します。“Session required”（ログアウトトークンの sid）ではそのセッションだけ、なければその人のすべてのセッションが終了します。{backchannelLogoutUri|Back-channel logout URI}',
      'アプリケーションでサインインの有効時間を制限する場合のみ: ID トークンに auth_time（利用者が認証情報を入力した時刻）を含めます。',
      '発行者、クライアント ID、シークレットをここに入力し、発行者を確認して保存します。',
    ],
    scim: [
      'SCIM 2.0、ベアラートークン。{endpoint|SCIM base URL}{token|Bearer token}',
      'または HTTP Basic。{key|User name}{secret|Password}',
      'または OAuth 2.0 クライアント資格情報。{tokenEndpoint|Token endpoint}{key|Client ID}{secret|Client secret}',
      'ユーザーは userName で照合し、退職者には active:false を送ります。',
    ],
  },
}
