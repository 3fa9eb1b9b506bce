import { PageHeader } from '../../components/page-header.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

export function OverviewPage() {
  const { navigation } = useTexts()
  return <PageHeader title={navigation.overview} />
}
