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
 */
public record ConvertOptions(ConvertType type, FieldNames names, NumberOverflow overflow) {
  /** The defaults of the configuration. */
  public static final ConvertOptions DEFAULT =
      new ConvertOptions(ConvertType.CHANGE, new FieldNames(true, "pre"), NumberOverflow.STRING);

  public ConvertOptions {
    Objects.requireNonNull(type);
    Objects.requireNonNull(names);
    Objects.requireNonNull(overflow);
  }
}
