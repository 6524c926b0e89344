package io.nimoshake.setup.config;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.engine.SyncOptions.OnGap;
import io.nimoshake.setup.config.ExportKeys.CopySource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks the keys of exports against each other and against those that need exports. */
final class ExportChecks {
  private final Configuration configuration;
  private final List<String> problems = new ArrayList<>();

  private ExportChecks(Configuration configuration) {
    this.configuration = configuration;
  }

  static List<String> problems(Configuration configuration) {
    ExportChecks checks = new ExportChecks(configuration);
    checks.sources();
    checks.backfill();
    checks.schema();
    return checks.problems;
  }

  private void sources() {
    Optional<CopySource> source = configuration.find(ExportKeys.SOURCE);
    boolean exports = source.filter(way -> way != CopySource.SCAN).isPresent();
    if (source.equals(Optional.of(CopySource.AUTO)) && !configuration.isSet(ExportKeys.BUCKET)) {
      needsBucket(ExportKeys.SOURCE);
      return;
    }
    boolean some =
        configuration.isSet(ExportKeys.MANIFEST)
            || configuration.isSet(ExportKeys.ARN)
            || configuration.isSet(ExportKeys.BUCKET);
    if (exports && !some) {
      problems.add(
          configuration.place(ExportKeys.SOURCE)
              + ": export.manifest, export.arn or export.bucket must be set too");
    }
    for (ConfigKey<?> key : List.of(ExportKeys.MANIFEST, ExportKeys.ARN, ExportKeys.SCHEMA)) {
      if (!exports && configuration.isSet(key)) {
        problems.add(configuration.place(key) + ": full.source must be export, too");
      }
    }
  }

  private void backfill() {
    if (configuration.find(GeneralKeys.ON_GAP).filter(OnGap::backfills).isEmpty()) {
      return;
    }
    if (!configuration.isSet(ExportKeys.BUCKET)) {
      needsBucket(GeneralKeys.ON_GAP);
    }
    if (configuration.find(SyncKeys.TTL_DELETES).equals(Optional.of(false))) {
      problems.add(
          configuration.place(GeneralKeys.ON_GAP)
              + ": cannot be backfill together with increase.ttl_delete = skip: an export does not"
              + " say which items were deleted because their time to live was over. Set on_gap ="
              + " fail to keep them");
    }
  }

  private void needsBucket(ConfigKey<?> key) {
    problems.add(configuration.place(key) + ": " + ExportKeys.BUCKET.name() + " must be set too");
  }

  /** Without a call to DynamoDB, nothing but what the manifests name can be copied. */
  private void schema() {
    if (!configuration.isSet(ExportKeys.SCHEMA)) {
      return;
    }
    if (!configuration.find(GeneralKeys.SYNC_MODE).equals(Optional.of(Mode.FULL))) {
      problems.add(
          configuration.place(ExportKeys.SCHEMA)
              + ": sync_mode must be full, as no stream is read");
    }
    for (ConfigKey<?> key : List.of(ExportKeys.ARN, ExportKeys.BUCKET)) {
      if (configuration.isSet(key)) {
        problems.add(
            configuration.place(ExportKeys.SCHEMA)
                + ": no call is made to DynamoDB, so "
                + key.name()
                + " cannot be set: use export.manifest");
      }
    }
  }
}
