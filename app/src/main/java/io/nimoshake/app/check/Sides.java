package io.nimoshake.app.check;

import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.TargetMender;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.shape.TargetShapes;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.mapping.plain.ComparableMapping;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * The two sides of a comparison.
 *
 * @param source returns items as DynamoDB JSON, whatever the conversion for the target is
 * @param sampled the same source with the small pages that a sample needs
 * @param target reads the target
 * @param mender writes to the target; used for repairs only
 * @param convert how items were converted for the target
 * @param segments how many segments to divide a table into; empty: by its size
 * @param tablesAtATime how many tables to compare at the same time
 * @param memoryBudgetBytes the most memory for pages and for the keys of a table
 * @param limits makes the rate limits for reading one table
 * @param extrasMayBe why documents without an item may be correct; empty if they never are
 * @param mapping by which documents were made; empty without a mapping
 * @param shapes how a DynamoDB-compatible target has tables and items
 * @param mongoTruth what is needed if MongoDB is the truth; empty if DynamoDB is
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
    String extrasMayBe,
    Optional<ComparableMapping> mapping,
    TargetShapes shapes,
    Optional<MongoTruth> mongoTruth)
    implements AutoCloseable {
  /** Whether applications write to MongoDB, so that DynamoDB has to follow. */
  public boolean mongoIsTruth() {
    return mongoTruth.isPresent();
  }

  @Override
  public void close() {
    mender.close();
    target.close();
    sampled.close();
    source.close();
  }
}
