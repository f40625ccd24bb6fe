import { z } from 'zod';
import type { CloudFrontRegion, S3Prices } from './pricing.ts';

const amount = z.number().min(0);
/** Ends ascend and the last one is `Infinity`: otherwise part of the volume would cost nothing. */
const tiers = z
  .array(z.object({ upTo: z.custom<number>((end) => typeof end === 'number'), unitPriceUsd: amount }))
  .refine(
    (all) =>
      all.at(-1)?.upTo === Number.POSITIVE_INFINITY &&
      all.every(({ upTo }, index) => upTo > (all[index - 1]?.upTo ?? 0)),
    'must be tiers with ascending ends, the last one `Infinity`',
  );

function byRegion<T extends z.ZodType>(price: T) {
  return z.strictObject({
    'north-america': price,
    europe: price,
    'africa-middle-east': price,
    'south-america': price,
    japan: price,
    australia: price,
    'asia-pacific': price,
    india: price,
  } satisfies Record<CloudFrontRegion, T>);
}

/** Overrides of the price table. Unknown names are refused; an undefined value overrides nothing. */
export const priceOverrides: z.ZodType<Partial<S3Prices>> = z
  .strictObject({
    asOf: z.iso.date(),
    storageGigabyteMonth: tiers,
    thousandWrites: amount,
    thousandReads: amount,
    transferGigabyte: byRegion(tiers),
    tenThousandRequests: byRegion(amount),
    freeTransferGigabytes: amount,
    freeRequests: amount,
    invalidationPath: amount,
    freeInvalidationPaths: amount,
    directTransferGigabyte: amount,
    freeDirectTransferGigabytes: amount,
    flatRatePlans: z.array(
      z.object({
        plan: z.string().min(1),
        monthlyUsd: amount,
        requests: amount,
        transferGigabytes: amount,
        storageGigabytes: amount,
      }),
    ),
  } satisfies Record<keyof S3Prices, z.ZodType>)
  .partial()
  .transform((prices) => {
    const given = Object.entries(prices).filter(([, price]) => price !== undefined);
    return Object.fromEntries(given) as Partial<S3Prices>;
  });
