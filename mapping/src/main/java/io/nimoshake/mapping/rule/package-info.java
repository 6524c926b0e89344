/**
 * The rules of a mapping file as data: which items a rule matches, where their documents go, under
 * which {@code _id}, and what happens to their attributes. Nothing here reads YAML or BSON.
 */
package io.nimoshake.mapping.rule;
