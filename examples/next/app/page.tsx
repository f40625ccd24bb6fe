'use client';
import { VideoPlayer } from '@videostorage/player/react';
import { VideoUploader } from '@videostorage/uploader/react';
import { useState } from 'react';

export default function Videos() {
  const [videoId, setVideoId] = useState<string>();
  return (
    <main>
      <VideoUploader onReady={({ detail }) => setVideoId(detail.video.videoId)} />
      {videoId !== undefined && <VideoPlayer videoId={videoId} />}
    </main>
  );
}
