package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.decimal;

import java.math.BigDecimal;

/** What AWS charges. Only used to show costs; a sync behaves the same whatever they are. */
public final class PriceKeys {
  private PriceKeys() {}

  public static final ConfigKey<BigDecimal> READ_UNITS =
      key(
              "price.read_request_units",
              decimal(),
              "US dollars for a million read request units of an on-demand table, for nimo-shake"
                  + " plan. The default is that of us-east-1 in November 2025; see docs/plan.md.")
          .byDefault("0.125");

  public static final ConfigKey<BigDecimal> STREAM_READS =
      key(
              "price.stream_reads",
              decimal(),
              "US dollars for 100,000 GetRecords calls, for nimo-shake plan. The default is that of"
                  + " us-east-1 in November 2025.")
          .byDefault("0.02");

  public static final ConfigKey<BigDecimal> EXPORT_GB =
      key(
              "price.export_gb",
              decimal(),
              "US dollars for the export of one GB of a table, for nimo-shake plan. The default is that"
                  + " of us-east-1 in November 2025.")
          .byDefault("0.10");

  public static final ConfigKey<BigDecimal> PITR_GB_MONTH =
      key(
              "price.pitr_gb_month",
              decimal(),
              "US dollars for point-in-time recovery of one GB of a table for a month, for nimo-shake"
                  + " plan. The default is that of us-east-1 in November 2025.")
          .byDefault("0.20");

  static final ConfigSection SECTION =
      ConfigSection.of("Prices", READ_UNITS, STREAM_READS, EXPORT_GB, PITR_GB_MONTH);
}
