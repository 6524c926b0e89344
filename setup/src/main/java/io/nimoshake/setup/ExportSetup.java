package io.nimoshake.setup;

import io.nimoshake.dynamodb.export.ExportChoice;
import io.nimoshake.dynamodb.export.ExportDestination;
import io.nimoshake.dynamodb.export.ExportSettings;
import io.nimoshake.dynamodb.export.ExportSettings.Making;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ExportKeys;
import io.nimoshake.setup.config.ExportKeys.CopySource;
import io.nimoshake.setup.config.GeneralKeys;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which exports are copied or requested, and where they are. */
final class ExportSetup {
  private final Configuration configuration;

  ExportSetup(Configuration configuration) {
    this.configuration = configuration;
  }

  /** Whether tables are copied from exports instead of by Scan. */
  boolean areCopied() {
    return configuration.get(ExportKeys.SOURCE) != CopySource.SCAN;
  }

  private ExportChoice choice() {
    return configuration.get(ExportKeys.SOURCE) == CopySource.AUTO
        ? CopyWays.choice(configuration)
        : ExportChoice.ALWAYS;
  }

  /** Where requested exports go; empty: no export is requested. */
  Optional<ExportDestination> destination() {
    return configuration
        .find(ExportKeys.BUCKET)
        .map(
            bucket ->
                new ExportDestination(
                    bucket,
                    configuration.find(ExportKeys.PREFIX),
                    configuration.find(ExportKeys.BUCKET_OWNER),
                    configuration.find(ExportKeys.KMS_KEY_ID)));
  }

  /** Where exports are read and requested. */
  ExportSettings settings() {
    boolean copies = areCopied();
    return new ExportSettings(
        copies ? configuration.find(ExportKeys.MANIFEST).orElse(List.of()) : List.of(),
        copies ? configuration.find(ExportKeys.ARN).orElse(Map.of()) : Map.of(),
        copies ? configuration.find(ExportKeys.SCHEMA).orElse(Map.of()) : Map.of(),
        copies ? destination().map(this::making) : Optional.empty(),
        configuration.find(ExportKeys.ENDPOINT_URL),
        configuration.get(ExportKeys.PATH_STYLE),
        destination(),
        configuration.get(GeneralKeys.RETRY_GONE));
  }

  private Making making(ExportDestination to) {
    return new Making(
        configuration.get(GeneralKeys.ID), to, configuration.get(ExportKeys.ENABLE_PITR), choice());
  }
}
