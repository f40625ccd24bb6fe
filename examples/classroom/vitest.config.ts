import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { workspaceTests } from '../../vitest.shared.ts';

/**
 * The tests of the whole workflow take longest and mostly wait: they start first, and all other files share the remaining
 * capacity.
 */
class StoriesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isStory = ({ moduleId }: TestSpecification) => moduleId.includes('/story-');
    const sorted = await super.sort(files);
    return [...sorted.filter(isStory), ...sorted.filter((file) => !isStory(file))];
  }
}

const config: ViteUserConfig = workspaceTests({ name: 'classroom', fullWorkers: 3, timeoutMs: 400_000 });
/** Tests wait for pages and start processes: how long that takes depends on the machine. */
export default mergeConfig(config, {
  test: {
    expect: { poll: { timeout: 150_000, interval: 200 } },
    sequence: { sequencer: StoriesFirst },
  },
});
