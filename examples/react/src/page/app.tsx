import { VideoPlayer } from '@videostorage/player/react';
import { VideoUploader } from '@videostorage/uploader/react';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

function Videos() {
  const [videoId, setVideoId] = useState<string>();
  return (
    <>
      <h1>Videos</h1>
      <VideoUploader onReady={({ detail }) => setVideoId(detail.video.videoId)} />
      {videoId !== undefined && <VideoPlayer videoId={videoId} />}
    </>
  );
}

const place = document.querySelector('main');
if (place !== null) createRoot(place).render(<Videos />);
