import { Component, type ReactNode } from 'react'
import { TriangleAlert } from 'lucide-react'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'

interface CrashGuardProps {
  readonly children: ReactNode
}

/** Keeps a mistake in one view from emptying the whole window. React wants a class for this. */
export class CrashGuard extends Component<CrashGuardProps, { readonly hasCrashed: boolean }> {
  override state = { hasCrashed: false }

  static getDerivedStateFromError(): { readonly hasCrashed: boolean } {
    return { hasCrashed: true }
  }

  override render(): ReactNode {
    if (!this.state.hasCrashed) return this.props.children
    return <CrashNotice onRetry={() => this.setState({ hasCrashed: false })} />
  }
}

function CrashNotice({ onRetry }: { readonly onRetry: () => void }) {
  const t = useTexts()
  return (
    <EmptyState
      icon={<TriangleAlert />}
      title={t.errors.crashedTitle}
      body={t.errors.crashedBody}
      action={<Button onClick={onRetry}>{t.errors.reloadView}</Button>}
    />
  )
}
