import type { VALUE_REFUSALS } from '#protocol/scim/refusals/value.ts'
import type { Explanations } from '../explanation-text.ts'
import { brokenMessage, correctMapping, sendAgain } from './steps.ts'

const LENIENT = 'または、ここでこの ID プロバイダーのモードを寛容にしてください。その場合は読み飛ばされます。'

export const VALUES: Explanations<keyof typeof VALUE_REFUSALS> = {
  'value-wrong': ({ at }, { who, idp }) => ({
    cause: `${who} の ${at} の値は、この属性で使えるものではありません。`,
    steps: [
      `${idp.name} で ${who} の値を修正するか、${at} に別のソースをマッピングしてください: ${idp.mapping}。`,
      sendAgain(idp),
    ],
  }),
  'value-missing': ({ at }, { who, idp }) => ({
    cause: `${who} に、必須の ${at} の値がありません。`,
    steps: [
      `${idp.name} で、すべてのユーザーやグループが持つソースを ${at} にマッピングしてください: ${idp.mapping}。`,
      `または、そこで ${who} の値を入力してください。`,
      sendAgain(idp),
    ],
  }),
  'value-unstorable': (_, { who, idp }) => ({
    cause: `${who} の値をデータベースに保存できませんでした。これはこのサービスの不具合です。`,
    steps: [
      '下のリクエスト ID をサービスの運用者に伝えてください。',
      `修正されるまでは、${idp.name} で ${who} の特殊な値を変更してください。`,
    ],
  }),
  'schemas-without-core': ({ urn }, { idp }) => ({
    cause: `schemas に ${urn} がありません。この ID プロバイダーは厳密に読み取られます。`,
    steps: [
      'ここでこの ID プロバイダーのモードを寛容にすると、schemas は不要になります。',
      ...brokenMessage(idp),
    ],
  }),
  'schema-unknown': ({ urn }, { idp }) => ({
    cause: `schemas に、ここで宣言されていない ${urn} があります。この ID プロバイダーは厳密に読み取られます。`,
    steps: [
      'その属性を保存したい場合は、ここでスキーマを宣言してください。',
      `または、${idp.name} が送信する内容から削除してください: ${idp.mapping}。`,
      LENIENT,
    ],
  }),
  'attribute-unknown': ({ name }, { idp }) => ({
    cause: `${idp.name} が、ここで宣言されていない ${name} を送信しました。この ID プロバイダーは厳密に読み取られます。`,
    steps: [
      `保存したい場合は、ここで ${name} を宣言してください(下の、宣言されていない属性)。`,
      `または、${idp.name} が送信する内容から削除してください: ${idp.mapping}。`,
      LENIENT,
    ],
  }),
  'attribute-read-only': ({ name }, { idp }) => ({
    cause: `${name} はこのサービスが設定する属性で、外部からは変更できません。`,
    steps: [`${idp.name} のマッピングから ${name} を削除してください: ${idp.mapping}。`, sendAgain(idp)],
  }),
  'attribute-immutable': ({ name }, { who, idp }) => ({
    cause: `${who} の ${name} にはすでに値があり、一度しか設定できません。`,
    steps: [
      `${idp.name} が、作成するときだけ ${name} を送信するようにしてください: ${idp.mapping}。`,
      sendAgain(idp),
    ],
  }),
  'attribute-not-removable': ({ name }, subject) => ({
    cause: `${subject.idp.name} が ${subject.who} の ${name} を削除しようとしましたが、この属性は必須です。`,
    steps: correctMapping(subject, name),
  }),
}
