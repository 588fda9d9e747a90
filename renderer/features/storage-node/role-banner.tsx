import type { Network } from '../../../shared/model/network.ts'
import { useTexts } from '../../text/voice.tsx'
import { Banner } from '../../ui/banner.tsx'
import { isRoleAsSet, roleWords } from './role-words.ts'

/** Whether this computer stores for others; a warning where it should and does not. */
export function RoleBanner({ network }: { readonly network: Network }) {
  const t = useTexts().settings.role
  return <Banner kind={isRoleAsSet(network) ? 'note' : 'warning'}>{roleWords(network, t)}</Banner>
}
