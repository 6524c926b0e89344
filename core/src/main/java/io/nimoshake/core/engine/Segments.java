package io.nimoshake.core.engine;

import io.nimoshake.core.model.TableSchema;

/** How many segments a table's Scan is cut into when the user does not say. */
public final class Segments {
  private static final int LEAST = 4;
  private static final int MOST = 64;
  private static final long BYTES_A_SEGMENT = 256L << 20;

  private Segments() {}

  /**
   * Grows with the table, so that large ones are read in parallel and small ones cost few calls.
   * The size the service gives is hours old, so even a table that it calls empty gets a least
   * number of segments.
   */
  public static int auto(TableSchema schema) {
    return (int) Math.min(MOST, LEAST + schema.approximateBytes() / BYTES_A_SEGMENT);
  }
}
