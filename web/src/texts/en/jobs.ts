const n = (count: number) => count.toLocaleString('en')

export const jobs = {
  title: 'In the background',
  progress: (done: number, total: number) => `${n(done)} of ${n(total)}`,
  states: {
    queued: 'Waiting',
    running: 'Running',
    done: 'Done',
    failed: 'Failed',
    cancelled: 'Stopped',
  },
  cancel: 'Stop',
  cancelOne: (title: string) => `Stop: ${title}`,
  resume: 'Resume',
  resumeOne: (title: string) => `Resume: ${title}`,
  unfinished: (left: number) => `Not finished: ${n(left)} left.`,
  by: (name: string) => `by ${name}`,
}
