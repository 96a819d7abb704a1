-- Cross-references, captions, callouts, tabsets, links and tables of an annex page, on Pandoc's syntax tree.
-- Input: one page (HTML), or chapters as `div.chapter` with `path` (Typst). Faults go to stderr as "FAULT: …".

local HTML, TYPST = FORMAT:match('html') ~= nil, FORMAT == 'typst'
local NBSP = '\u{a0}'
local names = { fig = 'Figure', tbl = 'Table', eq = 'Equation', sec = 'Section' }
local options = {}                                   -- metadata `sfp`: numbered (bool), cjk (bool)
local labels, counters, sections, chapter, boxed     -- state of the page or chapter at hand
local chapters = {}                                  -- path of a chapter's source → its label in the PDF
local str = pandoc.utils.stringify
local tables = dofile(pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'embedded_tables.lua' })

local function fault(message)
  io.stderr:write('FAULT: ' .. (chapter and chapter.path .. ': ' or '') .. message .. '\n')
end

local function raw(text) return pandoc.RawBlock(FORMAT == 'typst' and 'typst' or 'html', text) end
local function rawi(text) return pandoc.RawInline(FORMAT == 'typst' and 'typst' or 'html', text) end
local function prefix(id) return chapter and chapter.id .. '-' .. id or id end
local function escape(text)
  return (text:gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }))
end
local function quoted(text) return '"' .. text:gsub('[\\"]', '\\%0'):gsub('\n', ' ') .. '"' end

local function number(kind, id)
  counters[kind] = (counters[kind] or 0) + 1
  local value = (chapter and chapter.number .. '.' or '') .. counters[kind]
  if labels[id] then fault('label ' .. id .. ' is used twice') end
  labels[id] = { kind = kind, number = value }
  return value
end

-- Floats: a figure or table with its caption; `kind` nil for a caption without a number ----------------------

local function float(kind, id, caption, content)
  local label = kind and number(kind, id)
  local head = label and names[kind] .. NBSP .. label
  local blocks, inner = pandoc.List(), pandoc.List()
  if HTML then
    local captioned = pandoc.List { rawi('<figcaption>') }
    if head then captioned:insert(rawi('<span class="float-number">' .. head .. (#caption > 0 and ':</span> ' or '</span>'))) end
    captioned:extend(caption); captioned:insert(rawi('</figcaption>'))
    blocks:insert(raw('<figure class="float float-' .. (kind or 'plain') .. '"' .. (id ~= '' and ' id="' .. id .. '"' or '') .. '>'))
    if kind ~= 'fig' then blocks:insert(pandoc.Plain(captioned)) end
    blocks:extend(content)
    if kind == 'fig' then blocks:insert(pandoc.Plain(captioned)) end
    blocks:insert(raw('</figure>'))
    return blocks
  end
  local flipped, low, count = false, true, 0
  for _, block in ipairs(content) do
    if block.t == 'Table' then
      local made, wide, small = tables.typst_table(block, options.cjk, boxed)
      inner:extend(made); flipped = flipped or wide; count = count + 1; low = low and small and count < 2
    else inner:insert(block) end
  end
  low = low and count == 1
  local numbering = label and 'numbering: _ => "' .. label .. '", supplement: [' .. names[kind] .. ']' or 'numbering: none, supplement: none'
  local open = pandoc.List { rawi('#figure(' .. (kind == 'fig' and not boxed and 'placement: auto, ' or '') .. 'kind: ' .. (kind == 'fig' and 'image' or 'table') .. ', ' .. numbering .. ', caption: [') }
  open:extend(caption); open:insert(rawi('], ['))
  if flipped then blocks:insert(raw('#page(flipped: true)[')) end
  if low then blocks:insert(raw('#[#show figure: set block(breakable: false)')) end
  blocks:insert(pandoc.Plain(open)); blocks:extend(inner)
  blocks:insert(raw('])' .. (id ~= '' and ' <' .. prefix(id) .. '>' or '')))
  if low then blocks:insert(raw(']')) end
  if flipped then blocks:insert(raw(']')) end
  return blocks
end

local function kind_of(id) local kind = id:match('^(%a+)%-'); return kind and names[kind] and kind end

local function picture(image, captioned)
  local alt = image.attributes['fig-alt'] or image.attributes.alt or (not captioned and str(image.caption)) or ''
  if alt == '' then fault('image ' .. image.src .. ' has no alternative text (fig-alt)') end
  if TYPST then return rawi('#pic(' .. quoted(image.src) .. ', ' .. quoted(alt) .. ')') end
  image.attributes['fig-alt'], image.attributes.alt, image.caption, image.title = nil, nil, { pandoc.Str(alt) }, ''
  image.classes:insert('seen')
  return image
end

local function raw_table(text)
  local labelled = text:gsub('<table', '<div class="table-scroll" tabindex="0"><table', 1)
  local last = labelled:match('^.*()</table>')
  return last and labelled:sub(1, last + 7) .. '</div>' .. labelled:sub(last + 8)
end

-- What depends on position in the document ------------------------------------------------------------------

local process

local function callout(div, kind)
  local title = div.attributes.title and pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, 'markdown').blocks)
  if not title and div.content[1] and div.content[1].t == 'Header' then title = div.content:remove(1).content end
  local word = kind:gsub('^%l', string.upper)
  title = title or { pandoc.Str(word) }
  local outer = boxed; boxed = true
  local content = process(div.content); boxed = outer
  local blocks = pandoc.List()
  if HTML then
    local folded = div.attributes.collapse
    local tag, heading = folded and 'details' or 'div', folded and 'summary' or 'p'
    blocks:insert(raw('<' .. tag .. ' class="callout callout-' .. kind .. '"' .. (div.identifier ~= '' and ' id="' .. div.identifier .. '"' or '')
      .. (folded and (folded == 'false' and ' open' or '') or ' role="note"') .. '>'))
    local line = pandoc.List { rawi('<' .. heading .. ' class="callout-title">') }
    if str(title) ~= word then line:insert(rawi('<span class="callout-kind">' .. word .. '</span> ')) end
    line:extend(title); line:insert(rawi('</' .. heading .. '>'))
    blocks:insert(pandoc.Plain(line)); blocks:extend(content); blocks:insert(raw('</' .. tag .. '>'))
  else
    local line = pandoc.List { rawi('#callout("' .. kind .. '", [') }
    line:extend(title); line:insert(rawi('], ['))
    blocks:insert(pandoc.Plain(line)); blocks:extend(content); blocks:insert(raw('])'))
  end
  return blocks
end

local function tabset(div)
  local blocks, level, open = pandoc.List(), nil, false
  if HTML then blocks:insert(raw('<div class="panel-tabset">')) end
  for _, block in ipairs(div.content) do
    if block.t == 'Header' and (level == nil or block.level == level) then
      level = block.level
      if HTML then
        local line = pandoc.List { rawi('<h' .. level .. ' class="tab-title">') }
        line:extend(block.content); line:insert(rawi('</h' .. level .. '>'))
        blocks:insert(raw((open and '</section>' or '') .. '<section class="tab">')); blocks:insert(pandoc.Plain(line))
        open = true
      else blocks:insert(pandoc.Plain { rawi('#block(sticky: true, above: 1.4em)['), pandoc.Strong(block.content), rawi(']') }) end
    else blocks:extend(process { block }) end
  end
  if HTML then blocks:insert(raw((open and '</section>' or '') .. '</div>')) end
  return blocks
end

local function equation(para)
  local last = para.content[#para.content]
  local id = last and last.t == 'Str' and last.text:match('^{#(eq%-[%w_-]+)}$')
  if not id or para.content[1].t ~= 'Math' then return nil end
  local label = number('eq', id)
  if HTML then
    return pandoc.Plain { rawi('<span class="equation" id="' .. id .. '" tabindex="0">'), para.content[1],
      rawi('<span class="equation-number">(' .. label .. ')</span></span>') }
  end
  return { pandoc.Plain { rawi('#[#set math.equation(numbering: _ => "(' .. label .. ')")\n'), para.content[1],
    rawi(' <' .. prefix(id) .. '>]') } }
end

local function heading(header)
  if TYPST then header.level = header.level + chapter.shift end
  local depth = header.level - (TYPST and 1 or options.base - 1)
  local counted = not header.classes:includes('unnumbered')
  if counted then
    for level = 1, depth do sections[level] = sections[level] or 0 end
    sections[depth] = sections[depth] + 1
    for level = depth + 1, 6 do sections[level] = nil end
  end
  local value = (chapter and chapter.number .. '.' or '') .. table.concat(sections, '.')
  if header.identifier:match('^sec%-') then
    labels[header.identifier] = { kind = 'sec', number = counted and options.numbered and value, title = header.content:clone() }
  elseif header.identifier ~= '' then labels[header.identifier] = { kind = 'heading' } end
  if HTML and counted and options.numbered then
    header.content:insert(1, rawi('<span class="section-number">' .. value .. '</span> '))
  end
  if TYPST then header.identifier = header.identifier ~= '' and prefix(header.identifier) or '' end
  return header
end

local function visible(div)
  local here = function(name) return name == (HTML and 'html' or 'typst') or (TYPST and name == 'pdf') end
  local only, never = div.attributes['when-format'], div.attributes['unless-format']
  local matches = (not only or here(only)) and (not never or not here(never))
  if div.classes:includes('content-visible') then return matches end
  if div.classes:includes('content-hidden') then return not matches end
  return true
end

local function division(div)
  if not visible(div) then return {}, false end
  if #div.classes == 1 and div.classes[1]:match('^content%-') then return process(div.content), false end
  local kind = kind_of(div.identifier)
  if kind == 'fig' or kind == 'tbl' or div.classes:includes('captioned') then
    local caption = pandoc.Inlines {}
    local last = div.content[#div.content]
    if #div.content > 1 and (last.t == 'Para' or last.t == 'Plain') then caption = div.content:remove().content end
    local content = div.content:walk {                -- a pipe table's or an image's own caption is the float's
      Table = function(t) if #caption == 0 then caption = pandoc.utils.blocks_to_inlines(t.caption.long) end; t.caption.long = {}; return t end,
      Figure = function(f) return f.content end }
    content = content:walk { Image = function(image) return picture(image, true) end }
    if HTML then content = process(content) end
    return float(kind, div.identifier, caption, content), false
  end
  for _, class in ipairs(div.classes) do
    if class:match('^callout%-') then return callout(div, class:match('^callout%-(.+)$')), false end
  end
  if div.classes:includes('panel-tabset') then return tabset(div), false end
  if div.attributes['layout-ncol'] and HTML then
    div.classes:insert('layout'); div.attributes.style = '--columns: ' .. div.attributes['layout-ncol']
    div.attributes['layout-ncol'] = nil
    return div
  end
  if TYPST and div.identifier ~= 'refs' then return process(div.content), false end
end

local function loose_table(t)
  if t.classes:includes('seen') then return nil end
  local caption = pandoc.utils.blocks_to_inlines(t.caption.long)
  local id = t.identifier
  t.classes:insert('seen'); t.identifier = ''
  tables.free_widths(t)
  if kind_of(id) == 'tbl' or (TYPST and #caption > 0) then
    t.caption.long = {}
    return float(kind_of(id), id, caption, HTML and { raw('<div class="table-scroll" tabindex="0">'), t, raw('</div>') } or { t }), false
  end
  if HTML then return { raw('<div class="table-scroll" tabindex="0">'), t, raw('</div>') }, false end
  local blocks, flipped, low = tables.typst_table(t, options.cjk, boxed)
  if low then blocks:insert(1, raw('#block(breakable: false)[')); blocks:insert(raw(']')) end
  if flipped then blocks:insert(1, raw('#page(flipped: true)[')); blocks:insert(raw(']')) end
  return blocks, false
end

process = function(blocks)
  return pandoc.Blocks(blocks):walk {
    traverse = 'topdown',
    Div = division, Header = heading, Para = equation, Table = loose_table,
    Figure = function(figure)
      local id = figure.identifier
      local content = figure.content:walk { Image = function(image)
        if id == '' then id = image.identifier end
        image.identifier = ''
        return picture(image, true)
      end }
      local caption = pandoc.utils.blocks_to_inlines(figure.caption.long)
      return float(kind_of(id) or (TYPST and 'fig' or nil), id, caption, content), false
    end,
    Image = function(image) if not image.classes:includes('seen') then return picture(image, false), false end end,
    RawBlock = function(block)
      if HTML and block.format == 'html' and block.text:find('<table', 1, true) and not block.text:find('table-scroll', 1, true) then
        block.text = raw_table(block.text) or block.text
        return block
      end
    end,
  }
end

-- References and links, once every label of the page or chapter is known --------------------------------------

local function reference(cite)
  local inlines, crossed = pandoc.List(), 0
  for index, citation in ipairs(cite.citations) do
    local id = citation.id:gsub('^%u', string.lower)
    local kind, label = kind_of(id), labels[id]
    if kind then
      crossed = crossed + 1
      if index > 1 then inlines:extend { pandoc.Str(','), pandoc.Space() } end
      if not label then
        fault('unresolved reference @' .. citation.id)
        inlines:insert(pandoc.Strong { pandoc.Str('?@' .. citation.id) })
      else
        local text = { pandoc.Str(names[label.kind] .. NBSP .. tostring(label.number)) }
        if citation.mode == 'SuppressAuthor' then text = { pandoc.Str(tostring(label.number)) } end
        if label.number == false then text = label.title end
        inlines:insert(pandoc.Link(text, '#' .. prefix(id), '', { class = 'xref' }))
      end
    end
  end
  if crossed == 0 then return nil end
  if crossed < #cite.citations then fault('a cross-reference and a citation stand in one bracket: ' .. str(cite)) end
  return inlines
end

local function page_of(target)
  if target:match('^%a[%w+.-]*:') or target:match('^//') then return target end
  return (target:gsub('%.ipynb$', '.html'):gsub('%.ipynb#', '.html#'):gsub('%.qmd$', '.html'):gsub('%.qmd#', '.html#'))
end

local function resolve(path)                          -- a chapter's link, relative to its own folder
  local parts = pandoc.List()
  for part in ((chapter.path:match('^(.*/)') or '') .. path):gmatch('[^/]+') do
    if part == '..' and #parts > 0 then parts:remove() elseif part ~= '.' then parts:insert(part) end
  end
  return table.concat(parts, '/')
end

local function link(l)
  if HTML then l.target = page_of(l.target); return l end
  if l.target:match('^%a[%w+.-]*:') then return l end
  if l.classes:includes('xref') then return l end
  local path, anchor = l.target:match('^([^#]*)#?(.*)$')
  if path == '' and labels[anchor] then l.target = '#' .. prefix(anchor); return l end
  local other = path ~= '' and chapters[resolve(path)]
  if other then l.target = '#' .. other; return l end
  return l.content                                    -- a file or page that the PDF does not hold
end

local function finish(blocks)
  local links = {
    Link = link,
    Image = function(i) i.classes = i.classes:filter(function(c) return c ~= 'seen' end); return i end,
    Span = function(s)                                  -- a range below an amount; a title in Chinese beside the English
      if TYPST and s.classes:includes('range') then
        return pandoc.List { rawi('#rng[') } .. s.content .. pandoc.List { rawi(']') }
      end
      if not TYPST or s.attributes.lang ~= 'zh' or not options.cjk then return nil end
      local inlines = pandoc.List { rawi('#zh[') }
      inlines:extend(s.content); inlines:insert(rawi(']'))
      return inlines
    end,
    CodeBlock = function(b) b.classes = {}; return b end,   -- no colours: they would need a style sheet of their own
    RawBlock = function(b) if HTML then b.text = b.text:gsub('(<a%s[^>]-href=")([^"]+)', function(a, h) return a .. page_of(h) end); return b end end,
    RawInline = function(b)
      if HTML then b.text = b.text:gsub('(<a%s[^>]-href=")([^"]+)', function(a, h) return a .. page_of(h) end); return b end
      if b.format == 'html' and b.text:match('^<br') then return pandoc.LineBreak() end
    end,
    Str = function(s)
      if TYPST and not options.cjk and tables.chinese(s.text) then return pandoc.Emph { pandoc.Str('[Chinese]') } end
    end }
  return pandoc.Blocks(blocks):walk { Cite = reference }:walk(links)
end

local function one(blocks)
  labels, counters, sections, boxed = {}, {}, {}, false
  return finish(process(blocks))
end

local function with_references(blocks)                -- a heading before the works cited
  local cited, placed = false, false
  pandoc.Blocks(blocks):walk { Cite = function() cited = true end, Div = function(d) placed = placed or d.identifier == 'refs' end }
  if cited and not placed then
    blocks:insert(pandoc.Header(HTML and 2 or 1, 'References', pandoc.Attr('references', { 'unnumbered' })))
    blocks:insert(pandoc.Div({}, pandoc.Attr('refs')))
  end
  return blocks
end

function Pandoc(doc)
  local meta = doc.meta.sfp or {}
  options.numbered, options.cjk, options.base = meta.numbered == true, meta.cjk == true, 7
  for key in pairs(names) do
    local own = doc.meta.crossref and doc.meta.crossref[key .. '-title']
    if own then names[key] = str(own) end
  end
  if HTML then
    doc.blocks:walk { Header = function(h) options.base = math.min(options.base, h.level) end }
    doc.blocks = with_references(one(doc.blocks))
    return doc
  end
  doc.blocks = doc.blocks:walk { RawBlock = function(b) if b.format == 'html' then return pandoc.Blocks(pandoc.read(b.text, 'html').blocks):walk { Div = function(d) return d.content end } end end }
  for index, div in ipairs(doc.blocks) do
    if div.classes and div.classes:includes('chapter') then chapters[div.attributes.path] = 'c' .. index end
  end
  local blocks = pandoc.List()
  for index, div in ipairs(doc.blocks) do
    if div.classes and div.classes:includes('chapter') then
      local least = 7
      div.content:walk { Header = function(h) least = math.min(least, h.level) end }
      chapter = { id = 'c' .. index, path = div.attributes.path, number = index, shift = 2 - least }
      blocks:insert(pandoc.Header(1, pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, 'markdown').blocks), pandoc.Attr('c' .. index)))
      local below = div.attributes.subtitle
      if below and below ~= '' then
        blocks:insert(pandoc.Plain { rawi('#block(sticky: true, text(12pt, fill: luma(80))['), pandoc.Str(below), rawi('])') })
      end
      blocks:extend(one(div.content))
      chapter = nil
    else blocks:insert(div) end
  end
  doc.blocks = with_references(blocks)
  return doc
end
