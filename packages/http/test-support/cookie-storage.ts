import type { IssuedPlayback, PlaybackRequest } from '@videostorage/core';
import { MemoryStorage } from '@videostorage/testing';

/** A storage whose grants are cookies, as CloudFront's may be. */
export class CookieStorage extends MemoryStorage {
  protected override async doGetPlaybackUrl(videoId: string, request: PlaybackRequest): Promise<IssuedPlayback> {
    const { sources } = await super.doGetPlaybackUrl(videoId, request);
    const common = { path: '/videos/x/', secure: true, httpOnly: true } as const;
    return {
      sources,
      access: 'cookies',
      cookies: [
        {
          ...common,
          name: 'CloudFront-Policy',
          value: 'canary-policy_~',
          domain: 'media.school.example',
          sameSite: 'lax',
        },
        { ...common, name: 'CloudFront-Signature', value: 'canary-signature', sameSite: 'none' },
      ],
    };
  }
}
