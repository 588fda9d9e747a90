import { useEffect, useState } from 'react'
import { useStores } from '../../app-context.tsx'

/** The price is asked for once the size has rested so long: never while one types. */
const REST_MS = 350

/**
 * What it costs to let so many bytes wait, in seconds of this computer's work; undefined while not known or nothing is to
 * be paid.
 */
export function usePrice(sizeBytes: number | undefined, ttlSeconds: number): number | undefined {
  const { proof } = useStores()
  const [price, setPrice] = useState<{
    readonly sizeBytes: number
    readonly ttlSeconds: number
    readonly seconds: number
  }>()
  useEffect(() => {
    if (sizeBytes === undefined) return undefined
    let isCurrent = true
    const timer = setTimeout(() => {
      proof
        .getState()
        .price(sizeBytes, ttlSeconds)
        .then(
          ({ seconds }) => {
            if (isCurrent) setPrice({ sizeBytes, ttlSeconds, seconds })
          },
          // Without a price the message can be sent all the same.
          () => undefined,
        )
    }, REST_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [proof, sizeBytes, ttlSeconds])
  return price?.sizeBytes === sizeBytes && price?.ttlSeconds === ttlSeconds ? price.seconds : undefined
}
