package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.FieldNames;
import java.util.Objects;

/**
 * How items are converted.
 *
 * @param type the form of the documents
 * @param names how attribute names become field names; not used by {@link ConvertType#SAME}
 * @param overflow what a number becomes that does not fit Decimal128; used by {@link
 *     ConvertType#CHANGE} only
 * @param sortedSets whether the elements of a set are sorted: strings and binary values by their
 *     bytes (UTF-8), numbers by value; not used by {@link ConvertType#SAME}. DynamoDB does not keep
 *     the order of a set, so without this the same item may become two different documents.
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.SetTypes">
 *     DynamoDB Developer Guide, Data types, Sets</a>
 */
public record ConvertOptions(
    ConvertType type, FieldNames names, NumberOverflow overflow, boolean sortedSets) {
  /** The defaults of the configuration. */
  public static final ConvertOptions DEFAULT =
      new ConvertOptions(ConvertType.CHANGE, new FieldNames(true, "pre"), NumberOverflow.STRING);

  public ConvertOptions {
    Objects.requireNonNull(type);
    Objects.requireNonNull(names);
    Objects.requireNonNull(overflow);
  }

  /** The elements of a set stay in the order in which they were read. */
  public ConvertOptions(ConvertType type, FieldNames names, NumberOverflow overflow) {
    this(type, names, overflow, false);
  }

  public ConvertOptions withSortedSets() {
    return new ConvertOptions(type, names, overflow, true);
  }
}
