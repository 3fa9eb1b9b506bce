import type { BODY_REFUSALS } from '#protocol/scim/refusals/body.ts'
import type { Console, Explanations } from '../explanation-text.ts'
import { brokenMessage, sendAgain } from './steps.ts'

function checkProxy({ name }: Console): string {
  return `${name} とこのサービスの間のプロキシが、本文を変更または削除していないか確認してください。`
}

export const BODY: Explanations<keyof typeof BODY_REFUSALS> = {
  'body-missing': (_, { idp }) => ({
    cause: '書き込みのリクエストに本文がありませんでした。',
    steps: [checkProxy(idp), ...brokenMessage(idp)],
  }),
  'body-not-utf8': (_, { idp }) => ({
    cause: 'リクエストの本文が UTF-8 のテキストではありません。',
    steps: brokenMessage(idp),
  }),
  'body-not-json': (_, { idp }) => ({
    cause: 'リクエストの本文が JSON ではありません。途中で切れた可能性があります。',
    steps: [checkProxy(idp), ...brokenMessage(idp)],
  }),
  'body-not-object': (_, { idp }) => ({
    cause: 'リクエストの本文は JSON ですが、オブジェクトではありません。',
    steps: brokenMessage(idp),
  }),
  'body-too-deep': ({ limit }, { idp }) => ({
    cause: `本文のリストとオブジェクトの入れ子が ${limit} 段を超えています。`,
    steps: brokenMessage(idp),
  }),
  'body-forbidden-name': (_, { idp }) => ({
    cause: '本文に __proto__ という属性があります。この属性は受け付けられません。',
    steps: [`${idp.name} のマッピングからその属性を削除してください: ${idp.mapping}。`, sendAgain(idp)],
  }),
  'text-unstorable': ({ at }, { who, idp }) => ({
    cause: `${who} の ${at} に、テキストでは使えない文字が含まれています。`,
    steps: [`${idp.name} で ${who} の値を修正してください。`, sendAgain(idp)],
  }),
  'body-too-large': ({ limit }, { idp }) => ({
    cause: `リクエストの本文が、上限の ${limit} バイトを超えています。`,
    steps: [`${idp.name} が 1 回のリクエストで送信する量(メンバーや操作の数)を減らしてください。`],
  }),
  'encoding-unsupported': (_, { idp }) => ({
    cause: 'リクエストの本文が圧縮されていました。',
    steps: [`${idp.name} または途中のプロキシで、リクエストの圧縮をオフにしてください。`],
  }),
  'media-type-unsupported': (_, { idp }) => ({
    cause: 'リクエストの本文が JSON として送信されていません。',
    steps: [`${idp.name} でコンテンツ タイプを application/scim+json に設定してください: ${idp.endpoint}。`],
  }),
  'message-schema-missing': ({ urn }, { idp }) => ({
    cause: `メッセージが SCIM 2.0 のものであることを示していません。schemas に ${urn} がありません。`,
    steps: [
      'この ID プロバイダーは厳密に読み取られます。寛容モードではこのメッセージも読み取られます: アイデンティティプロバイダー › 該当の行。',
      ...brokenMessage(idp),
    ],
  }),
  'message-part-wrong': ({ part }, { idp }) => ({
    cause: `メッセージの一部が SCIM 2.0 の書式になっていません: ${part}。`,
    steps: brokenMessage(idp),
  }),
  'patch-too-long': ({ limit }, { idp }) => ({
    cause: `PATCH の操作の数が ${limit} を超えています。`,
    steps: [`${idp.name} が 1 回のリクエストで送信する変更の数を減らしてください。`],
  }),
}
