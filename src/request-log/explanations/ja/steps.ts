// Steps that several explanations share.
import type { Console, Subject } from '../explanation-text.ts'

export function sendAgain({ again }: Console): string {
  return `その後、もう一度送信します: ${again}。`
}

/** Returns steps for a malformed message, which no attribute mapping can fix. */
export function brokenMessage({ name, endpoint }: Console): readonly string[] {
  return [
    `${name} が SCIM 2.0 に設定されていることを確認してください: ${endpoint}。`,
    `設定が正しい場合、SCIM 2.0 で認められない内容を ${name} が送信しています。下に表示されるリクエストを添えて ${name} のサポートに問い合わせてください。`,
  ]
}

export function correctMapping({ idp }: Subject, attribute: string): readonly string[] {
  return [`${idp.name} で ${attribute} のマッピングを修正してください: ${idp.mapping}。`, sendAgain(idp)]
}

/** Returns the step for a temporary failure: there is nothing to fix, because the client retries. */
export function wait({ name, again }: Console): readonly string[] {
  return [`${name} が自動的に再試行します。急ぐ場合: ${again}。`]
}

export function newToken({ name, credentials }: Console): readonly string[] {
  return [
    'ここで新しい資格情報を発行してください: アイデンティティプロバイダー › 該当の行 › ローテーション。古い資格情報は、廃止するまで使えます。',
    `新しいトークンを ${name} に貼り付けてください: ${credentials}。保存して接続テストを実行してください。`,
  ]
}
