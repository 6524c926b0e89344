package io.nimoshake.dynamodb.export;

import io.nimoshake.core.model.TableSchema;
import java.util.OptionalLong;

/** Whether a table is copied from an export or by Scan. */
public interface ExportChoice {
  /** Every table is copied from an export. */
  ExportChoice ALWAYS = (table, provisionedReads, recoveryIsOn) -> new Decision(true, "");

  /**
   * @param provisionedReads provisioned read capacity units a second; empty for an on-demand table
   * @param recoveryIsOn whether point-in-time recovery is on
   */
  Decision decide(TableSchema table, OptionalLong provisionedReads, boolean recoveryIsOn);

  /**
   * What was decided.
   *
   * @param why for people; empty if there was nothing to decide
   */
  record Decision(boolean takesExport, String why) {}
}
