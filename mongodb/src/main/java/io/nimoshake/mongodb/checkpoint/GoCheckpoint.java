package io.nimoshake.mongodb.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * A checkpoint that the Go tool wrote.
 *
 * @param copied whether its copy is complete ({@code incr_sync})
 * @param tables the shards of each table
 */
public record GoCheckpoint(boolean copied, Map<String, List<GoShard>> tables) {
  public static final String STATUS_VALUE = "StatusValue";
  public static final String COPIED = "incr_sync";
  public static final String COPYING = "full_sync";

  public GoCheckpoint {
    tables = Map.copyOf(tables);
  }
}
