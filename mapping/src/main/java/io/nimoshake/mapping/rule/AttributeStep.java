package io.nimoshake.mapping.rule;

import io.nimoshake.mapping.rule.Conversion.OnError;
import org.bson.BsonValue;

/**
 * One change of an item's attributes. Steps are taken in the order of the file; a step sees what
 * the steps before it left.
 */
public sealed interface AttributeStep {
  /** The attribute that it changes, by its name at that step. */
  AttributePath path();

  /** The attribute goes. */
  record Drop(AttributePath path) implements AttributeStep {}

  /** The attribute gets another name in the same map. */
  record Rename(AttributePath path, String name) implements AttributeStep {}

  /** The attribute's value is converted. */
  record Convert(AttributePath path, Conversion conversion, OnError onError)
      implements AttributeStep {}

  /** The attribute, at the top level, gets this value whether it was there or not. */
  record Set(AttributePath path, BsonValue value) implements AttributeStep {}
}
