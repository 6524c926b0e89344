package io.nimoshake.core.plan;

import io.nimoshake.core.plan.PlanView.Missing;
import java.util.List;

/**
 * Whether all of one table that was written before the freeze time is durable on the other side.
 * Everything that is not known is missing. {@link TableDrain} proves it for a stream of DynamoDB,
 * {@link ChangeStreamDrain} for a change stream of MongoDB.
 */
interface TableProof {
  /** Whether the table still follows the stream that this is about. */
  boolean isCurrent();

  /** A split was read empty, by a call that began late enough. Asks for what else is needed. */
  void onReadEmpty(Event.ReadEmpty event);

  /** A record came: the split was not read to its newest record after all. */
  void onRecord(String splitId);

  /** Shards were listed. */
  void onShardsListed(Event.ShardsListed event);

  /** The table's stream was looked for. */
  void onStreamFound(Event.StreamFound event);

  /** What is missing, and why; empty if everything has arrived. */
  List<Missing> missing();
}
