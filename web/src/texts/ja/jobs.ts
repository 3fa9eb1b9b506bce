const n = (count: number) => count.toLocaleString('ja')

export const jobs = {
  title: 'バックグラウンド処理',
  progress: (done: number, total: number) => `${n(total)} 件中 ${n(done)} 件`,
  states: {
    queued: '待機中',
    running: '実行中',
    done: '完了',
    failed: '失敗',
    cancelled: '中止',
  },
  cancel: '中止',
  cancelOne: (title: string) => `中止: ${title}`,
  resume: '再開',
  resumeOne: (title: string) => `再開: ${title}`,
  unfinished: (left: number) => `未完了: 残り ${n(left)} 件`,
  by: (name: string) => `実行者: ${name}`,
}
