-- Turns image lines into charts and numbers captions.
-- HTML: a figure whose container is drawn from the chart's specification by the page's script.
-- Typst: image(alt:) inside a numbered figure; named divisions and spans become functions of the
-- template (report.typ).
-- Word: see word.lua.

local typst = FORMAT:match("typst") ~= nil
local counts = { figure = 0, table = 0, alone = 0 }
-- What only the page shows, and what only print shows.
local HIDDEN = FORMAT:match("html") and "paper" or "screen"
local WORDS = { figure = "Figure", table = "Table" }
local lettered = true -- a word of letters is parted from its number, which a full stop follows; 图1

-- Divisions and spans that report.typ knows by the same name.
local BLOCKS = { "finding", "source", "opening", "together", "references" }
local SPANS = { "chip", "focus", "grey", "label", "value", "sub", "from", "unit", "s1", "s2", "s3" }

local function raw(text)
  return pandoc.RawBlock(typst and "typst" or "html", text)
end

local function raw_inline(text)
  return pandoc.RawInline(typst and "typst" or "html", text)
end

local function escape_html(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function escape_typst(text)
  return (text:gsub("\\", "\\\\"):gsub('"', '\\"'))
end

-- The next number of a kind; a figure that only the page has counts by itself (S1), so that the
-- others have the numbers of every format.
local function following(numbers, kind, classes)
  local alone = classes and classes:includes("alone")
  local series = alone and "alone" or kind
  numbers[series] = numbers[series] + 1
  return (alone and "S" or "") .. numbers[series]
end

local function number(kind, classes)
  return WORDS[kind] .. (lettered and " " or "") .. following(counts, kind, classes) .. (lettered and "." or "")
end

local function image_of(figure)
  local found
  figure:walk({ Image = function(image) found = found or image end })
  return found
end

-- Image, caption inlines and description of one chart.
local function chart_of(figure)
  local image = image_of(figure)
  local caption = pandoc.utils.blocks_to_inlines(figure.caption.long)
  -- The reader puts the alt text where an image has its description.
  local alt = pandoc.utils.stringify(image.caption)
  return { classes = image.classes, width = image.attributes.width or "100%", src = image.src, name = image.src:match("([^/]+)%.svg$"), alt = alt, caption = caption }
end

-- The box scrolls where the chart needs more room than the page has.
local function html_chart(chart)
  return raw(string.format(
    '<div class="box"><div class="chart" data-chart="%s" role="img" aria-label="%s"></div></div>',
    escape_html(chart.name), escape_html(chart.alt)))
end

local function typst_image(chart)
  return string.format('chart("%s", width: %s, alt: "%s")', chart.src, chart.width, escape_typst(chart.alt))
end

local function typst_label(id)
  return id == "" and "" or " <" .. id .. ">"
end

local function append(list, items)
  for _, item in ipairs(items) do list:insert(item) end
end

local function html_figure(id, caption, body, classes)
  local label = pandoc.List({ pandoc.Strong({ pandoc.Str(number("figure", classes)) }), pandoc.Space() })
  append(label, caption)
  local blocks = pandoc.List({ raw('<figure id="' .. escape_html(id) .. '"><figcaption>') })
  blocks:insert(pandoc.Plain(label))
  blocks:insert(raw("</figcaption>"))
  append(blocks, body)
  blocks:insert(raw("</figure>"))
  return blocks
end

local function typst_figure(id, caption, body)
  local inlines = pandoc.List({ raw_inline("#figure(") })
  append(inlines, body)
  inlines:insert(raw_inline(", kind: image, caption: ["))
  append(inlines, caption)
  inlines:insert(raw_inline("])" .. typst_label(id)))
  return pandoc.List({ pandoc.Para(inlines) })
end

local Span

-- A tagged PDF needs every formula in words: its source stands in for them.
local function Math(math)
  if not typst then return nil end
  local body = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), "typst"):gsub("%s+$", "")
  return raw_inline(string.format('#[#set math.equation(alt: "%s");%s]', escape_typst(math.text), body))
end

-- Captions inside a figure that is written out are not walked by the filter itself.
local function spans(inlines)
  return pandoc.Inlines(inlines):walk({ Span = Span, Math = Math })
end

local function single(figure)
  local chart = chart_of(figure)
  if typst then return typst_figure(figure.identifier, spans(chart.caption), { raw_inline(typst_image(chart)) }) end
  return html_figure(figure.identifier, chart.caption, { html_chart(chart) }, chart.classes)
end

-- Several charts under one caption: the last paragraph of the division.
local function panels(div)
  local charts, caption = pandoc.List(), pandoc.List()
  for _, block in ipairs(div.content) do
    if block.t == "Figure" then charts:insert(chart_of(block)) end
    if block.t == "Para" then caption = block.content end
  end
  if typst then
    local cells = pandoc.List({ raw_inline("panels(") })
    for _, chart in ipairs(charts) do
      cells:insert(raw_inline("panel(["))
      append(cells, spans(chart.caption))
      cells:insert(raw_inline("], " .. typst_image(chart) .. "), "))
    end
    cells:insert(raw_inline(")"))
    return typst_figure(div.identifier, spans(caption), cells)
  end
  local body = pandoc.List({ raw('<div class="panels n' .. #charts .. '">') })
  for _, chart in ipairs(charts) do
    body:insert(raw("<div>"))
    body:insert(pandoc.Div({ pandoc.Para(chart.caption) }, pandoc.Attr("", { "mini" })))
    body:insert(html_chart(chart))
    body:insert(raw("</div>"))
  end
  body:insert(raw("</div>"))
  return html_figure(div.identifier, caption, body, div.classes)
end

local function named(list, classes)
  for _, name in ipairs(list) do
    if classes:includes(name) then return name end
  end
end

local function is_figure(block)
  return block.t == "Figure" or block.t == "Div" and block.classes:includes("panels")
end

-- In print a figure may stand where a page has room, and a table may end a page: the note goes along.
local function Blocks(blocks)
  if not typst then return nil end
  for i = #blocks - 1, 1, -1 do
    local figure, note = blocks[i], blocks[i + 1]
    local noted = note.t == "Div" and note.classes:includes("source")
    if noted and figure.t == "Div" and figure.classes:includes("table") then
      figure.content:insert(note)
      blocks:remove(i + 1)
    elseif noted and is_figure(figure) then
      local words = pandoc.Span(pandoc.utils.blocks_to_inlines(note.content), pandoc.Attr("", { "from" }))
      if figure.t == "Figure" then
        figure.caption.long = { pandoc.Plain(pandoc.utils.blocks_to_inlines(figure.caption.long) .. { words }) }
      else
        local last = figure.content[#figure.content]
        figure.content[#figure.content] = pandoc.Para(last.content .. { words })
      end
      blocks[i] = figure
      blocks:remove(i + 1)
    end
  end
  return blocks
end

-- What a reference to a figure or table becomes; Word has fields.
local function reference(link, _, text)
  link.content = { pandoc.Str(text) }
  return link
end

-- Numbers of the figures and tables that a format shows, by their ids, as its captions will have them.
local function numbered(blocks, numbers)
  local function note(kind, id, classes)
    numbers[id] = WORDS[kind] .. (lettered and "\u{a0}" or "") .. following(numbers, kind, classes)
  end
  for _, block in ipairs(blocks) do
    local image = block.t == "Figure" and image_of(block)
    if is_figure(block) then
      note("figure", block.identifier, (image or block).classes)
    elseif block.t == "Div" and block.classes:includes("table") then
      note("table", block.identifier)
    elseif block.t == "Div" then
      numbered(block.content, numbers)
    end
  end
  return numbers
end

-- A link without words to a figure or table, [](#fig:tiles) or [](#table-regions), is its number in words.
local function Pandoc(doc)
  local function shown(part) return part.classes:includes(HIDDEN) and pandoc.List() or nil end
  doc = doc:walk({ Div = shown, Span = shown })
  local numbers = numbered(doc.blocks, { figure = 0, table = 0, alone = 0 })
  return doc:walk({ Link = function(link)
    local id = link.target:match("^#(fig:.+)$") or link.target:match("^#(table%-.+)$")
    if not id or #link.content > 0 then return nil end
    if not numbers[id] then error("the text refers to a figure or table that is not there: " .. id) end
    return reference(link, id, numbers[id])
  end })
end

-- Of a regression table the estimators belong to the head, and an error to the slope above it, so that
-- no page parts them.
local function regression(tbl)
  local body = tbl.bodies[1]
  tbl.head.rows:insert(body.body:remove(1))
  for i = #body.body, 2, -1 do
    if pandoc.utils.stringify(body.body[i].cells[1].contents) == "" then
      body.body[i - 1].cells[1].row_span = 2
      body.body[i].cells:remove(1)
    end
  end
  tbl.bodies[1] = body
  return tbl
end

local walker
local below -- the note of the table at hand

local function Div(div)
  if div.classes:includes("panels") then return panels(div), false end
  -- From here on the annexes are set.
  if div.classes:includes("annexes") then return typst and pandoc.List({ raw("#show: annex") }) or pandoc.List(), false end
  if div.identifier == "of-regions" then
    local texts = pandoc.List({ raw('<template id="of-regions">') })
    append(texts, div.content)
    texts:insert(raw("</template>"))
    return texts
  end
  if not typst then return nil end
  local name = div.classes:includes("table") and "held" or named(BLOCKS, div.classes)
  if not name then return nil end
  if div.classes:includes("regression") then div = div:walk({ Table = regression }) end
  local last = div.content[#div.content]
  if name == "held" and last.t == "Div" then
    below = last.content
    div.content:remove()
  end
  local rows = 0
  div:walk({ Table = function(tbl) rows = #tbl.bodies[1].body end })
  local blocks = pandoc.List({ raw("#" .. name .. (name == "held" and "(rows: " .. rows .. ")" or "") .. "[") })
  -- Of blocks that are put in its place pandoc walks what is inside them, but not themselves.
  append(blocks, pandoc.Blocks(div.content):walk(walker))
  blocks:insert(raw("]" .. typst_label(div.identifier:match("^table.*") or "")))
  return blocks, false
end

Span = function(span)
  local name = typst and named(SPANS, span.classes)
  if not name then return nil end
  local call = name == "chip" and string.format('#chip("%s")[', span.classes[2] or "") or "#" .. name .. "["
  local inlines = pandoc.List({ raw_inline(call) })
  append(inlines, span.content)
  inlines:insert(raw_inline("]"))
  return inlines
end

local function in_typst(blocks)
  return pandoc.write(pandoc.Pandoc(blocks), "typst-smart-citations", { columns = 1, wrap_text = "none" })
end

-- The writer's own table, made by the template's function, with its note.
local function typst_table(tbl)
  local note = below and "note: [" .. in_typst(below:walk(walker)):gsub("%s+$", "") .. "], " or ""
  below = nil
  return raw((in_typst({ tbl:walk(walker) }):gsub("%[#table%(", function() return "[#paged(" .. note end, 1))), false
end

local function Table(tbl)
  if typst then return typst_table(tbl) end
  for i, spec in ipairs(tbl.colspecs) do tbl.colspecs[i] = { spec[1], nil } end
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attr = pandoc.Attr("", {}, { scope = "col" }) end
  end
  local caption = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  caption:insert(1, pandoc.Space())
  caption:insert(1, pandoc.Strong({ pandoc.Str(number("table")) }))
  tbl.caption = { long = { pandoc.Plain({ pandoc.Span(caption, pandoc.Attr("", { "title" })) }) } }
  return pandoc.List({ raw('<div class="box">'), tbl, raw("</div>") }), false
end

function Meta(meta)
  for kind, word in pairs(WORDS) do
    if meta["word-" .. kind] then WORDS[kind] = pandoc.utils.stringify(meta["word-" .. kind]) end
  end
  lettered = WORDS.figure:match("%a$") ~= nil
end

walker = { traverse = "topdown", Blocks = Blocks, Div = Div, Figure = single, Table = Table, Span = Span, Math = Math }

if FORMAT == "docx" then
  local word = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "word.lua" }))
  local filters
  filters, Span, reference = word({ chart_of = chart_of, number = number, spans = spans })
  return { { Meta = Meta }, { Pandoc = Pandoc }, table.unpack(filters) }
end

return { { Meta = Meta }, { Pandoc = Pandoc }, walker }
