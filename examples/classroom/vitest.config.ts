import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { workspaceTests } from '../../vitest.shared.ts';

/** The stories take longest and wait for most of the time: they begin first, and all other files share what they leave. */
class StoriesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isStory = ({ moduleId }: TestSpecification) => moduleId.includes('/story-');
    const sorted = await super.sort(files);
    return [...sorted.filter(isStory), ...sorted.filter((file) => !isStory(file))];
  }
}

const config: ViteUserConfig = workspaceTests({ name: 'classroom', fullWorkers: 3, timeoutMs: 400_000 });
/** What a page shows is waited for, and processes are started: how long that takes depends on the machine. */
export default mergeConfig(config, {
  test: {
    expect: { poll: { timeout: 150_000, interval: 200 } },
    sequence: { sequencer: StoriesFirst },
  },
});
