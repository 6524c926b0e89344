package io.nimoshake.app.preview;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.util.List;

/**
 * What the mapping makes of a sample of a table's items, in the form of {@code plan --json}.
 *
 * @param sampled how many items were read
 * @param readUnits what reading them cost
 * @param rules in the order of the file; one entry if the mapping is a plug-in
 * @param rejected the items that would be rejected, by reason
 * @param failed conversions that fail where {@code on_error} keeps the item, by reason
 */
record MappingPreview(
    String table,
    int sampled,
    @JsonProperty("read_units") double readUnits,
    List<OfRule> rules,
    List<Reason> rejected,
    List<Reason> failed) {

  /**
   * One rule.
   *
   * @param rule its place in the mapping file, or the class of the plug-in
   * @param otherwise whether it takes the items that no other rule matches
   * @param becomes the collection, {@code ignore} or {@code fail}
   * @param matched how many items of the sample it matched
   * @param before an item that it matched, as DynamoDB JSON; null if there is none
   * @param after its document as relaxed Extended JSON; null if there is none
   */
  record OfRule(
      String rule,
      boolean otherwise,
      String becomes,
      int matched,
      @JsonRawValue String before,
      @JsonRawValue String after) {}

  /**
   * @param item one of the items, as DynamoDB JSON
   */
  record Reason(String reason, int items, @JsonRawValue String item) {}
}
