import { Download, File, Pause, Play, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import type { FileTransferView } from '../../../shared/model/file.ts'
import { useShell, useStores } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Progress } from '../../ui/progress.tsx'
import pointed from './pointed-out.module.css'
import styles from './transfer-card.module.css'
import { shareOf, transferActions, transferWords } from './transfer-words.ts'
import { useAttempt } from './use-attempt.ts'

interface TransferCardProps {
  readonly transfer: FileTransferView
  /** The friend's. */
  readonly name: string
  /** Pointed out after a jump. */
  readonly isHighlighted: boolean
}

/** A file that goes or went between two people who are online, with what can be done about it. */
export function TransferCard({ transfer, name, isHighlighted }: TransferCardProps) {
  const t = useTexts().conversation
  const formats = useFormats()
  const { sizeBytes, state, direction } = transfer
  const { canRemove } = transferActions(transfer)
  const size = sizeBytes === undefined ? t.files.unknownSize : formats.bytes(sizeBytes)
  const isUnderWay = state !== 'offered' && !canRemove
  return (
    <div className={classNames(styles.row, direction === 'out' && styles.own)}>
      <div
        className={classNames(styles.card, isHighlighted && pointed.pointedOut)}
        role="group"
        aria-label={transfer.name}
      >
        <File className={styles.icon} aria-hidden="true" />
        <div className={styles.words}>
          <p className={styles.name}>{transfer.name}</p>
          <p className={classNames(styles.standing, state === 'failed' && styles.failed)}>
            {state === 'running' ? '' : `${size} · `}
            {transferWords(transfer, name, t, formats)}
          </p>
          {isUnderWay && <Progress label={t.files.progress(transfer.name)} share={shareOf(transfer)} />}
          <OfferButtons transfer={transfer} />
        </div>
        <TransferButtons transfer={transfer} />
      </div>
    </div>
  )
}

/** The answer to a file that a friend offers. */
function OfferButtons({ transfer }: { readonly transfer: FileTransferView }) {
  const t = useTexts().conversation.files
  const shell = useShell()
  const { files } = useStores()
  const { attempt, isBusy } = useAttempt()
  if (!transferActions(transfer).canAccept) return undefined
  const accept = () =>
    attempt(t.acceptFailed(transfer.name), async () => {
      const path = await shell.chooseSavePath(transfer.name)
      if (path !== undefined) await files.getState().accept(transfer.id, path)
    })
  return (
    <div className={styles.offer}>
      <Button kind="primary" onClick={accept} isBusy={isBusy}>
        {t.accept}
      </Button>
      <Button onClick={() => attempt(t.changeFailed(transfer.name), () => files.getState().cancel(transfer.id))}>
        {t.decline}
      </Button>
    </div>
  )
}

function TransferButtons({ transfer }: { readonly transfer: FileTransferView }) {
  const t = useTexts().conversation.files
  const shell = useShell()
  const { files } = useStores()
  const { attempt } = useAttempt()
  const { canAccept, canPause, canResume, canCancel, canRemove } = transferActions(transfer)
  const change = (work: () => Promise<void>) => () => attempt(t.changeFailed(transfer.name), work)
  const { id, path } = transfer
  const isForDownload =
    shell.kind === 'web' && transfer.state === 'finished' && transfer.direction === 'in' && path !== undefined
  return (
    <div className={styles.buttons}>
      {canPause && <IconButton label={t.pause} icon={<Pause />} onClick={change(() => files.getState().pause(id))} />}
      {canResume && <IconButton label={t.resume} icon={<Play />} onClick={change(() => files.getState().resume(id))} />}
      {canCancel && !canAccept && (
        <IconButton label={t.cancel} icon={<X />} onClick={change(() => files.getState().cancel(id))} />
      )}
      {isForDownload && <IconButton label={t.save} icon={<Download />} onClick={change(() => shell.deliver(path))} />}
      {canRemove && <RemoveButton transfer={transfer} />}
    </div>
  )
}

function RemoveButton({ transfer: { id, name } }: { readonly transfer: FileTransferView }) {
  const { files: t, actions } = useTexts().conversation
  const { files } = useStores()
  const { attempt } = useAttempt()
  const [isAsking, setAsking] = useState(false)
  const remove = () => {
    setAsking(false)
    attempt(t.removeFailed(name), () => files.getState().remove(id))
  }
  return (
    <>
      <IconButton label={actions.remove} icon={<Trash2 />} onClick={() => setAsking(true)} />
      <ConfirmDialog
        isOpen={isAsking}
        title={t.removeTitle}
        body={t.removeBody}
        confirmLabel={actions.removeConfirm}
        isDangerous
        onConfirm={remove}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
