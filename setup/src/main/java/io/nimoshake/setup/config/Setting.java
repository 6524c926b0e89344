package io.nimoshake.setup.config;

/**
 * The value that the user gave a key.
 *
 * @param text the value, never empty
 * @param origin where it was given: {@code file:line}, {@code --set} or the name of an environment
 *     variable
 */
record Setting(String text, String origin) {}
