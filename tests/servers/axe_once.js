// Half of what axe spends on contrast is reading the same few colours anew for each piece of text.
(() => {
  const prototype = axe.commons.color.Color.prototype;
  const parse = prototype.parseString;
  const known = new Map();
  prototype.parseString = function (words) {
    let is = known.get(words);
    if (is === undefined) {
      parse.call(this, words); // what it can't read it throws, each time
      is = [this.r, this.g, this.b, this.alpha];
      known.set(words, is);
    }
    [this.r, this.g, this.b, this.alpha] = is; // a copy: some are made paler afterwards
    return this;
  };
})();
