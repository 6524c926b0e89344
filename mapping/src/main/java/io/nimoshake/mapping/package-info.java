/**
 * The shape that items arrive in. {@link io.nimoshake.mapping.FileMapping} reads it from a file:
 * {@code yaml} reads the text, {@code rule} holds what it says, {@code identity} proves that every
 * item keeps a document of its own, {@code bytes} maps items, and {@code plain} does the same
 * slowly for those who check.
 */
package io.nimoshake.mapping;
