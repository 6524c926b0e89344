package io.nimoshake.app.check;

import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.TargetMender;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.source.DynamoSource;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * What is compared with what.
 *
 * @param source gives items as DynamoDB JSON, whatever the target's conversion is
 * @param sampled the same service, with pages as small as a sample needs them
 * @param target what is compared with it
 * @param mender writes to the target; only asked to repair
 * @param convert how the target was written
 * @param segments segments a table; empty: by its size
 * @param tablesAtATime tables compared at the same time
 * @param memoryBudgetBytes bounds the pages in memory, and what is remembered of a table
 * @param limits what holds the reading of one table back
 * @param extrasMayBe why documents without an item may be right; empty if they never are
 */
public record Sides(
    DynamoSource source,
    DynamoSource sampled,
    TargetReader target,
    TargetMender mender,
    ConvertOptions convert,
    OptionalInt segments,
    int tablesAtATime,
    long memoryBudgetBytes,
    Supplier<TableLimits> limits,
    String extrasMayBe)
    implements AutoCloseable {

  @Override
  public void close() {
    mender.close();
    target.close();
    sampled.close();
    source.close();
  }
}
