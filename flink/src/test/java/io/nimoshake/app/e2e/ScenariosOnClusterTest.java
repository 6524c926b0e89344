package io.nimoshake.app.e2e;

import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.flink.MiniHost;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What the program goes through, as jobs; the longest only with {@code -Dflink.scenarios=all}. */
class ScenariosOnClusterTest {
  private static final String WHICH = "flink.scenarios";
  private static final String ALL = "all";

  @TempDir private static Path checkpoints;
  private static MiniHost flink;

  @BeforeAll
  static void startCluster() throws Exception {
    flink = MiniHost.start(checkpoints, 2, 1);
  }

  @AfterAll
  static void stopCluster() throws Exception {
    flink.close();
  }

  @Nested
  class Streams extends StreamTroubleTest {
    @Override
    Sync start(Path conf) throws Exception {
      return JobSync.start(flink, conf, 2);
    }

    @Override
    int kills() {
      return 1;
    }

    @Override
    int changesALife() {
      return ALL.equals(System.getProperty(WHICH)) ? 1_500 : 400;
    }

    /** {@link MiniClusterTest} has a shorter one of this kind. */
    @Test
    @EnabledIfSystemProperty(named = WHICH, matches = ALL)
    @Override
    void followsAStreamThatSplitsAllTheTime() throws Exception {
      super.followsAStreamThatSplitsAllTheTime();
    }
  }

  /** Readers read the files of the exports. */
  @Nested
  class Backfills extends BackfillTest {
    @Override
    Sync start(Path conf) throws Exception {
      return JobSync.start(flink, conf, 2);
    }

    /** It is the plan's, which is the same in a job. */
    @Test
    @EnabledIfSystemProperty(named = WHICH, matches = ALL)
    @Override
    void whatTheServiceDoesNotHaveIsLeftToTheFallback() throws Exception {
      super.whatTheServiceDoesNotHaveIsLeftToTheFallback();
    }
  }

  @Nested
  class Tables extends TablesComeAndGoTest {
    @Override
    Sync start(Path conf) throws Exception {
      return JobSync.start(flink, conf, 2);
    }

    @Test
    @EnabledIfSystemProperty(named = WHICH, matches = ALL)
    @Override
    void followsThem() throws Exception {
      super.followsThem();
    }
  }

  /** The workers do not have the mapping file: its text travels with the job. */
  @Nested
  class Mapped extends MappedSyncTest {
    @Override
    Sync start(Path conf) throws Exception {
      return JobSync.start(flink, conf, 2);
    }

    @Override
    int items() {
      return ALL.equals(System.getProperty(WHICH)) ? super.items() : 500;
    }
  }

  /** The workers do not have the plug-in: its jars travel with the job. */
  @Nested
  class Plugin extends PluginSyncTest {
    @Override
    Sync start(Path conf) throws Exception {
      plugins(true);
      Sync sync = JobSync.start(flink, conf, 2);
      plugins(false);
      return sync;
    }

    @Override
    Checking check(Path conf, CheckOptions options) throws Exception {
      plugins(true);
      return super.check(conf, options);
    }

    private void plugins(boolean here) throws Exception {
      Path jar = directory.resolve("plugins/shop.jar");
      Path away = directory.resolve("shop.jar");
      if (here != Files.exists(jar)) {
        Files.move(here ? away : jar, here ? jar : away);
      }
    }

    @Override
    int items() {
      return ALL.equals(System.getProperty(WHICH)) ? super.items() : 200;
    }
  }

  @Nested
  class DynamoTarget extends DynamoTargetTest {
    @Override
    Sync start(Path conf) throws Exception {
      return JobSync.start(flink, conf, 2);
    }

    @Test
    @EnabledIfSystemProperty(named = WHICH, matches = ALL)
    @Override
    void copiesAndFollowsThroughFaultsAndKills() throws Exception {
      super.copiesAndFollowsThroughFaultsAndKills();
    }
  }
}
